/**
 * The old tools that this program can stand in for.
 */
import type { Ancestor } from "./ancestor.ts";

const ANCESTORS: readonly Ancestor[] = [];

/** The ancestor of this name; the old Python scripts are found with and without ".py". */
export function ancestorNamed(name: string): Ancestor | undefined {
  const plain = name.replace(/\.py$/, "");
  return ANCESTORS.find((one) => one.name === plain);
}
