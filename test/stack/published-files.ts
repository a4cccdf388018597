/**
 * Looks at the files of a run as whoever fetches them would: each is whole for the machine's own tools, ends as it must, and is what
 * the lists say. That holds at any moment, also in the middle of a run and after a crash.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { plainBytes } from "./dump-items.ts";
import { tryProgram } from "./run-program.ts";

const TESTERS = { bz2: ["bzip2", "-t"], gz: ["gzip", "-t"], "7z": ["7za", "t", "-bd"] } as const;

/** What stands at the end, by the name of the file. */
const ENDINGS: readonly (readonly [name: RegExp, end: RegExp])[] = [
  [/\.xml(?:-p\d+p\d+)?\.(?:bz2|gz|7z)$/, /<\/mediawiki>\n?$/],
  [/\.sql\.gz$/, /\n-- Dump completed[^\n]*\n$/],
  [/\.json\.gz$/, /\}\n?$/],
  [/\.(?:txt\.bz2|gz)$/, /\n$/],
];

/** The packed files of a run, without those in the making. */
export function publishedFiles(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => /\.(?:bz2|gz|7z)$/.test(name)).sort() : [];
}

/**
 * Digests of the plain bytes of all published files, by their names without wiki and date, so that two runs can be compared; without
 * the times that SQL and the answers of the API have. Throws with all that is wrong.
 */
export async function checkPublished(directory: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  const faults = await listFaults(directory);
  for (const name of publishedFiles(directory)) {
    const path = join(directory, name);
    const [tool, ...args] = TESTERS[name.slice(name.lastIndexOf(".") + 1) as keyof typeof TESTERS];
    const { status, stderr } = await tryProgram(tool, [...args, path]);
    if (status !== 0) {
      faults.push(`${tool} does not read ${name}: ${stderr.trim()}`);
      continue;
    }
    const { digest, end } = await readPlain(path);
    const ending = ENDINGS.find(([pattern]) => pattern.test(name))?.[1];
    if (ending !== undefined && !ending.test(end)) faults.push(`${name} ends with ${JSON.stringify(end.slice(-80))}`);
    digests.set(name.replace(/^[a-z_]+-\d{8}-/, ""), digest);
  }
  if (faults.length > 0) throw new Error(`${directory}:\n${faults.join("\n")}`);
  return digests;
}

async function readPlain(path: string): Promise<{ readonly digest: string; readonly end: string }> {
  const hash = createHash("sha1");
  let end = Buffer.alloc(0);
  // An answer of the API is kept whole: its time stands in the middle.
  const kept = path.endsWith(".json.gz") ? 1 << 20 : 200;
  for await (const chunk of plainBytes(path)) {
    const together = Buffer.concat([end, chunk]);
    end = together.subarray(-kept);
    hash.update(together.subarray(0, -kept));
  }
  const text = end.toString();
  hash.update(text.replace(/\n-- Dump completed[^\n]*\n$|"time":"[^"]*"/, ""));
  return { digest: hash.digest("hex"), end: text };
}

/** Everything that is listed is there, and as the list says. */
async function listFaults(directory: string): Promise<string[]> {
  const faults: string[] = [];
  for (const tool of ["md5sum", "sha1sum"]) {
    const list = readdirSync(directory).find((name) => name.endsWith(`-${tool}s.txt`));
    if (list === undefined || readFileSync(join(directory, list)).length === 0) continue;
    const { status, stdout, stderr } = await tryProgram(tool, ["--quiet", "--strict", "-c", list], { cwd: directory });
    if (status !== 0) faults.push(`${list}: ${new TextDecoder().decode(stdout)}${stderr}`);
  }
  return faults;
}
