/**
 * writeuptopageid: the old tool that copied a range of pages, or several ranges to several files.
 *
 * A dump that is cut or damaged is an error here, and gets no footer; files are whole or absent.
 */
import { SourceError } from "../../../lib/errors.ts";
import { openXml } from "../io/open-xml.ts";
import { standardOutputAs } from "../io/output.ts";
import { type Ancestor, type AncestorCall, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { copyPages } from "./copy-pages.ts";
import { FileCopy, type FileSpec, type IdRange, type PageCopy, StreamCopy } from "./page-copy.ts";

async function run(call: AncestorCall): Promise<number> {
  const { arguments: { options, positionals }, stdout, signal } = call;
  const has = (name: string): boolean => options.some((one) => one.name === name);
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const directory = value("odir");
  const specs = value("fspecs");
  if (directory !== undefined && specs === undefined) throw usageError("The odir option requires the fspecs option.\n");
  if (specs !== undefined && directory === undefined) throw usageError("The fspecs option requires the odir option.\n");
  const copies: PageCopy[] = [];
  try {
    if (specs !== undefined && directory !== undefined) {
      for (const spec of readSpecs(specs)) copies.push(await FileCopy.create(directory, spec, signal));
    } else {
      const output = standardOutputAs(stdout, { isBinary: false });
      copies.push(new StreamCopy(readRange(positionals), output));
    }
    const xml = await openXml(value("inpath") ?? "-", { signal });
    await copyPages(xml, copies, { hasHeader: !has("noheader"), hasFooter: !has("nofooter"), signal });
    for (const copy of copies) await copy.finish();
  } catch (error) {
    for (const copy of copies) await copy.discard(error);
    if (error instanceof SourceError) throw new AncestorError(error.message, OLD_USAGE);
    throw error;
  }
  return 0;
}

function readRange(positionals: readonly string[]): IdRange {
  const [first, last] = positionals;
  if (first === undefined) throw usageError("Missing filename argument.");
  return { start: readId(first, "startPageID"), end: last === undefined ? Infinity : readId(last, "endPageID") };
}

/** A whole number with nothing behind it, and not 0. */
function readId(text: string, name: string): number {
  const id = /^\s*[+-]?\d+$/.test(text) ? Number(text) : 0;
  // The old tool had one empty line more for the second one.
  const gap = name === "endPageID" ? "\n" : "";
  if (id === 0) throw usageError(`The value you entered for ${name} must be a positive integer.${gap}`);
  return id;
}

/** "name:start:end;name:start:end;…" */
function readSpecs(text: string): FileSpec[] {
  const given = text.split(";").filter((spec) => spec !== "");
  if (given.length === 0) throw new AncestorError(`badly formatted fspec list (empty?) ${text}`, OLD_USAGE);
  const specs = given.map(readSpec);
  const twice = specs.find(({ name }, i) => specs.findIndex((one) => one.name === name) < i)?.name;
  // The old tool wrote the second one over the first.
  if (twice !== undefined) throw specError(`fspec ${twice} is there twice, each file takes one range of pages`);
  return specs;
}

function readSpec(spec: string): FileSpec {
  const [name = "", start, end = "", extra] = spec.split(":");
  if (name === "") throw specError(`missing filename in fspec ${spec}`);
  if (start === undefined || start === "") throw specError(`missing page start id in fspec ${name}`);
  if (!/^\d+$/.test(start)) throw specError(`non-numeric page start id in fspec ${name}, got ${start}`);
  if (extra !== undefined) throw specError(`non-numeric page end id in fspec ${name}, got ${extra}`);
  if (!/^\d*$/.test(end)) {
    throw specError(`bad fspec ${name}, expected numeric for next piece but got ${end}`);
  }
  // An end of 0 is none.
  return { name, start: Number(start), end: Number(end) || Infinity };
}

/** No empty line comes between such a message and the usage. */
function specError(reason: string): AncestorError {
  return new AncestorError(reason, OLD_USAGE, { hasUsage: true, isClose: true });
}

export const WRITEUPTOPAGEID: Ancestor = {
  name: "writeuptopageid",
  options: [
    { name: "inpath", short: "i", takesValue: true },
    { name: "odir", short: "o", takesValue: true },
    { name: "fspecs", short: "f", takesValue: true },
    { name: "nofooter", short: "F" },
    { name: "noheader", short: "H" },
    { name: "help", short: "h" },
    { name: "version", short: "v" },
  ],
  usage: `Usage: writeuptopageid [--inpath FILE] [--noheader] [--nofooter] START [END]
       writeuptopageid [--inpath FILE] [--noheader] [--nofooter] --odir DIR --fspecs NAME:START[:END][;…]
       writeuptopageid --help | --version

Copies the header of a dump, its pages from START on and before END, and a footer.

  -i, --inpath FILE   read this file instead of standard input
  -o, --odir DIR      write files to this directory
  -f, --fspecs SPECS  which pages go to which file: name, first id, id before which to stop; several with ";"
  -H, --noheader      no header
  -F, --nofooter      no footer
  -h, --help          this text
  -v, --version       the version
`,
  run,
};
