/**
 * What is used of the package `yaml`, its only door.
 *
 * Imported with `import()`, and only where a YAML file is read: a bundle holds it packed (docs/decisions/042), and most farms never
 * unpack it.
 */
export { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
