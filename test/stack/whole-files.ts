/**
 * Looks at every file of a run with the machine's own tools: bzip2, gzip, 7za, xmllint, md5sum, sha1sum. What they do not read, nobody
 * can use.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { plainBytes } from "./dump-items.ts";
import { runProgram, tryProgram } from "./run-program.ts";

const TESTERS: readonly { readonly ending: RegExp; readonly command: readonly string[] }[] = [
  { ending: /\.bz2$/, command: ["bzip2", "-t"] },
  { ending: /\.gz$/, command: ["gzip", "-t"] },
  { ending: /\.7z$/, command: ["7za", "t", "-bd"] },
];

/** Whether a file is packed XML, by its name. */
export function isXmlFile(name: string): boolean {
  return /\.xml\.(?:gz|bz2|7z)$|\.xml-p\d+p\d+\.(?:bz2|7z)$/.test(name);
}

/** The packed files of a run. */
export function dumpFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => /\.(?:bz2|gz|7z)$/.test(name)).sort();
}

/** Throws with all that is wrong with the files of a run; gives their number. */
export async function checkWholeFiles(directory: string): Promise<number> {
  const files = dumpFiles(directory);
  const faults: string[] = [];
  for (const name of files) {
    const path = join(directory, name);
    const tester = TESTERS.find(({ ending }) => ending.test(name))!.command;
    const { status, stderr } = await tryProgram(tester[0]!, [...tester.slice(1), path]);
    if (status !== 0) faults.push(`${tester[0]} does not read ${name}: ${stderr.trim()}`);
    else if (isXmlFile(name)) faults.push(...await xmlFaults(path, name));
    const dumpName = /-(stub-[a-z-]+|pages-logging)(\d*)\.xml\.gz$/.exec(name);
    if (dumpName !== null) {
      const parts = files.filter((other) => /\d\.xml\.gz$/.test(other) && other.includes(`-${dumpName[1]}`)).length;
      faults.push(...memberFaults(path, name, dumpName[2] === "" ? Math.max(1, parts) : 1));
    }
  }
  for (const name of readdirSync(directory)) {
    if (/\.(?:inprog|truncated|tmp)$/.test(name)) faults.push(`${name} was left behind`);
  }
  faults.push(...await listFaults(directory, files));
  if (faults.length > 0) throw new Error(`${directory}:\n${faults.join("\n")}`);
  return files.length;
}

async function xmlFaults(path: string, name: string): Promise<readonly string[]> {
  const plain = await plainFile(path);
  const { status, stderr } = await tryProgram("xmllint", ["--noout", "--huge", "-"], { input: plain });
  return status === 0 ? [] : [`xmllint does not read ${name}: ${stderr.slice(0, 500)}`];
}

/** The lists say the same as the tools, and name every file. */
async function listFaults(directory: string, files: readonly string[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const tool of ["md5sum", "sha1sum"]) {
    const list = readdirSync(directory).find((name) => name.endsWith(`-${tool}s.txt`));
    if (list === undefined) faults.push(`there is no list for ${tool}`);
    else {
      await runProgram(tool, ["--quiet", "--strict", "-c", list], { cwd: directory }).catch((error: Error) =>
        faults.push(error.message)
      );
      const listed = readFileSync(join(directory, list), "utf8").trim().split("\n").map((line) =>
        line.slice(line.indexOf("  ") + 2)
      );
      if (listed.toSorted().join() !== files.join()) faults.push(`${list} lists ${listed.join(" ")}`);
    }
  }
  return faults;
}

/** Header, bodies, footer: each a gzip member, so that parts can be joined as they are; what was joined has a body of each part. */
function memberFaults(path: string, name: string, bodies: number): readonly string[] {
  const members = gzipMembers(readFileSync(path)).map((bytes) => new TextDecoder().decode(bytes));
  const header = members[0] ?? "";
  const isFine = members.length === bodies + 2 && header.startsWith("<mediawiki") && header.endsWith("</siteinfo>\n") &&
    members.slice(1, -1).every(isBody) && members.at(-1) === "</mediawiki>\n";
  const lengths = members.map(({ length }) => length).join(" + ");
  return isFine ? [] : [`${name} is not header, ${bodies} times items, footer: its members have ${lengths} characters`];
}

function isBody(text: string): boolean {
  return text === "" || (/^ {2}<(?:page|logitem)>/.test(text) && /<\/(?:page|logitem)>\n$/.test(text));
}

/** The plain bytes of each gzip member of a file, by zlib. */
export function gzipMembers(file: Uint8Array): readonly Uint8Array[] {
  const members: Uint8Array[] = [];
  for (let at = 0; at < file.byteLength;) {
    const flags = file[at + 3];
    if (file[at] !== 0x1f || file[at + 1] !== 0x8b || flags !== 0) {
      throw new Error(`At byte ${at} there is no gzip member without extra fields`);
    }
    const { buffer, engine } = inflateRawSync(file.subarray(at + 10), { info: true } as object) as unknown as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    members.push(buffer);
    at += 10 + engine.bytesWritten + 8;
  }
  return members;
}

/** All plain bytes of a file of a test. */
export async function plainFile(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of plainBytes(path)) chunks.push(chunk);
  return concatBytes(chunks);
}
