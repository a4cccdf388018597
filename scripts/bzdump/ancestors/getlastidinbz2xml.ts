/**
 * getlastidinbz2xml: the old tool that told the last page id or revision id of a dump.
 *
 * Of a file that is cut it tells the last id that can be read, as it was meant to; that something is missing goes to stderr.
 */
import { findLastId, type IdKind, type LastId } from "../../../lib/dump/pages/last-id.ts";
import { Bzip2Error, SourceError } from "../../../lib/errors.ts";
import { openSource } from "../io/open-source.ts";
import { type Ancestor, type AncestorCall, AncestorError, usageError } from "./ancestor.ts";

const FAILED = 1;
const NO_ID = "Failed to find any id tags in file, exiting";
const KINDS: Readonly<Record<string, { kind: IdKind; label: string }>> = {
  page: { kind: "page", label: "page_id" },
  rev: { kind: "revision", label: "rev_id" },
};

async function run(call: AncestorCall): Promise<number> {
  const { options } = call.arguments;
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const file = value("filename");
  const type = KINDS[value("type") ?? ""];
  if (file === undefined || type === undefined) throw usageError("");
  const isVerbose = options.some(({ name }) => name === "verbose");
  const found = await lastId(file, type.kind, { call, isVerbose });
  if (found === undefined) throw new AncestorError(NO_ID, FAILED);
  await call.stdout.write(`${type.label}:${found.id}\n`);
  if (found.damage !== undefined) {
    await call.stderr.write(`after this id the file is not whole: ${found.damage.message}\n`);
  }
  return 0;
}

async function lastId(
  file: string,
  kind: IdKind,
  { call: { signal, stderr }, isVerbose }: { readonly call: AncestorCall; readonly isVerbose: boolean },
): Promise<LastId | undefined> {
  let close = (): Promise<void> => Promise.resolve();
  const onProbe = isVerbose
    ? ({ bitOffset }: { readonly bitOffset: number }) => void stderr.write(`block at bit ${bitOffset}\n`)
    : undefined;
  try {
    const opened = await openSource(file, { signal });
    close = () => opened.close();
    return await findLastId(opened.source, kind, { incomplete: "accept", onProbe, signal });
  } catch (error) {
    if (error instanceof SourceError) throw new AncestorError(error.message, FAILED);
    // No bzip2 file, or one that ends before its first block.
    if (error instanceof Bzip2Error) return undefined;
    throw error;
  } finally {
    await close();
  }
}

export const GETLASTIDINBZ2XML: Ancestor = {
  name: "getlastidinbz2xml",
  options: [
    { name: "filename", short: "f", takesValue: true },
    { name: "help", short: "h" },
    { name: "type", short: "t", takesValue: true },
    { name: "verbose", short: "v" },
    { name: "version", short: "V" },
  ],
  usage: `Usage: getlastidinbz2xml --filename FILE --type page|rev [--verbose]
       getlastidinbz2xml --help | --version

Tells the last page id ("page_id:N") or revision id ("rev_id:N") of a bzip2 dump.

  -f, --filename FILE  the dump
  -t, --type TYPE      page or rev
  -v, --verbose        show the blocks that are looked at
  -h, --help           this text
  -V, --version        the version
`,
  run,
};
