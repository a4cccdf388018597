/** Checks a multistream dump with its index as their readers use them: by the machine's bzip2, at the bytes that the index names. */
import { readFileSync } from "node:fs";
import { tryProgram } from "./run-program.ts";
import { plainFile } from "./whole-files.ts";

const MAX_PAGES = 100;

/** What the index says of a page. */
interface Line {
  readonly byteOffset: number;
  readonly id: string;
  readonly title: string;
}

/** Throws with all that is wrong; gives the number of pages. */
export async function checkMultistream(dumpPath: string, indexPath: string): Promise<number> {
  const text = new TextDecoder().decode(await plainFile(indexPath));
  const lines = text.split("\n").slice(0, -1).map((line): Line => {
    const [, byteOffset, id, title] = /^(\d+):(\d+):(.*)$/s.exec(line) ?? [];
    if (title === undefined) throw new Error(`${indexPath} has a line ${JSON.stringify(line)}`);
    return { byteOffset: Number(byteOffset), id: id!, title };
  });
  const dump = readFileSync(dumpPath);
  const offsets = [...new Set(lines.map(({ byteOffset }) => byteOffset))];
  const faults = offsets.some((offset, at) => at > 0 && offset <= offsets[at - 1]!) ? ["the offsets do not rise"] : [];
  for (const [at, offset] of offsets.entries()) {
    const stream = await unpacked(dump.subarray(offset, offsets[at + 1] ?? dump.byteLength));
    const said = lines.filter(({ byteOffset }) => byteOffset === offset).map(({ id, title }) => `${id}:${title}`);
    const found = [
      ...stream.matchAll(/^ {2}<page>\n {4}<title>(.*)<\/title>\n {4}<ns>-?\d+<\/ns>\n {4}<id>(\d+)<\/id>$/gm),
    ]
      .map(([, title, id]) => `${id}:${title}`);
    if (!stream.startsWith("  <page>\n")) faults.push(`at ${offset} is no page: ${stream.slice(0, 40)}`);
    if (found.length > MAX_PAGES) faults.push(`at ${offset} are ${found.length} pages`);
    if (found.join("\n") !== said.join("\n")) {
      faults.push(`at ${offset} are the pages ${found.join(", ")}, the index says ${said.join(", ")}`);
    }
  }
  if (faults.length > 0) throw new Error(`${dumpPath} and its index: ${faults.join("; ")}`);
  const header = await unpacked(dump.subarray(0, offsets[0] ?? dump.byteLength));
  if (!header.startsWith("<mediawiki ")) throw new Error(`${dumpPath} starts with ${header.slice(0, 40)}`);
  return lines.length;
}

async function unpacked(streams: Uint8Array): Promise<string> {
  const { status, stdout, stderr } = await tryProgram("bzip2", ["-dc"], { input: streams });
  if (status !== 0) throw new Error(`bzip2: ${stderr}`);
  return new TextDecoder().decode(stdout);
}
