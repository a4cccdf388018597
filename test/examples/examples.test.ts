/**
 * Runs every example on Node and on Deno, as a user would, and compares what it does with what it should.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { expectedDocument, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { denoPath } from "../support/child.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const MAX_LINES = 40;
const LIMIT_MS = 30_000;
const NAMES = readdirSync(EXAMPLES).filter((name) => name.endsWith(".ts"));
const ROOT = scratchDirectory("examples");
const encoder = new TextEncoder();

interface Runtime {
  readonly name: string;
  readonly command: string;
  /** What stands before the path of the example; `rights` are those of Deno that its head names. */
  args(rights: readonly string[]): readonly string[];
}

const RUNTIMES: readonly Runtime[] = [
  { name: "Node", command: process.execPath, args: () => ["--import", import.meta.resolve("tsx")] },
  {
    name: "Deno",
    command: denoPath() ?? "",
    args: (rights) => ["run", "--quiet", "--no-prompt", "--cached-only", ...rights],
  },
];

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The rights that the head of an example names for Deno. */
function rightsOf(name: string): string[] {
  const head = readFileSync(join(EXAMPLES, name), "utf8").split("*/")[0]!;
  return (/deno run ((?:--[\w-]+ )*)/.exec(head)?.[1] ?? "").trim().split(" ").filter((right) => right !== "");
}

function run(runtime: Runtime, name: string, args: readonly string[], cwd = ROOT): Promise<Run> {
  const words = [...runtime.args(rightsOf(name)), join(EXAMPLES, name), ...args];
  const child = spawn(runtime.command, words, { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT_MS });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const DUMP = makeDump([1, 2, 5, 8], () => 500);
const TINY = encoder.encode(tinyDump());
writeFileSync(join(ROOT, "dump.xml.bz2"), oneStream(DUMP));
writeFileSync(join(ROOT, "tiny.xml"), TINY);
writeFileSync(join(ROOT, "tiny.xml.gz"), gzipSync(TINY));
writeFileSync(join(ROOT, "tiny.xml.bz2"), compress(TINY));
// Big enough for threads.
writeFileSync(join(ROOT, "big.xml.bz2"), oneStream(makeDump(Array.from({ length: 200 }, (_, i) => i + 1), () => 5000)));
writeFileSync(join(ROOT, "cut.xml.bz2"), compress(TINY).subarray(0, -40));

/** Serves files as dumps.wikimedia.org does, with ranges; counts what it sends. */
async function withServer(
  files: Readonly<Record<string, Uint8Array>>,
  work: (url: string, sent: () => number) => Promise<void>,
): Promise<void> {
  let sent = 0;
  const server = createServer((request, response) => {
    const file = files[request.url!.slice(1)];
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (file === undefined || range === null) return void response.writeHead(404).end();
    const part = file.subarray(Number(range[1]), Number(range[2]) + 1);
    sent += part.length;
    const end = Number(range[1]) + part.length - 1;
    response.writeHead(206, { "content-range": `bytes ${range[1]}-${end}/${file.length}` }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => sent);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What each example is tried with. */
const TRIALS: Readonly<Record<string, (runtime: Runtime) => Promise<void>>> = {
  async "extract-page-range.ts"(runtime) {
    const { code, stdout, stderr } = await run(runtime, "extract-page-range.ts", ["dump.xml.bz2", "2-6,8"]);
    assert.deepEqual([code, stderr], [0, "3 pages\n"]);
    assert.equal(stdout, expectedDocument(DUMP, (id) => id !== 1));
    const wrong = await run(runtime, "extract-page-range.ts", ["dump.xml.bz2", "6-2"]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^Not a page range/);
  },

  async "page-titles.ts"(runtime) {
    for (const file of ["tiny.xml", "tiny.xml.gz", "tiny.xml.bz2"]) {
      const all = await run(runtime, "page-titles.ts", [file]);
      assert.deepEqual([all.code, all.stderr], [0, ""]);
      assert.equal(all.stdout, 'Home\nTalk:Home\nUser:Ann\nA <b>: "c"\nTemplate:T\n');
    }
    const some = await run(runtime, "page-titles.ts", ["tiny.xml", "0", "10"]);
    assert.equal(some.stdout, 'Home\nA <b>: "c"\nTemplate:T\n');
    const cut = await run(runtime, "page-titles.ts", ["cut.xml.bz2"]);
    assert.equal(cut.code, 1);
  },

  async "remote-page.ts"(runtime) {
    const pages = makeDump(Array.from({ length: 400 }, (_, i) => i + 1), () => 6000);
    const { bytes, index } = multistream(pages, 20);
    const files = {
      "x-multistream1.xml-p1p400.bz2": bytes,
      "x-multistream-index1.txt-p1p400.bz2": compress(encoder.encode(index.replace(/Page: 333$/m, "A &amp; B"))),
    };
    await withServer(files, async (url, sent) => {
      const found = await run(runtime, "remote-page.ts", [`${url}/x-multistream1.xml-p1p400.bz2`, "A & B"]);
      assert.equal(found.code, 0, found.stderr);
      const text = /<text[^>]*>([^<]*)/.exec(pages.pages[332]!)![1]!.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
      assert.equal(found.stdout, `${text}\n`);
      assert.ok(sent() < bytes.length / 2, `${sent()} of ${bytes.length} bytes`);
      const none = await run(runtime, "remote-page.ts", [`${url}/x-multistream1.xml-p1p400.bz2`, "Nothing"]);
      assert.deepEqual([none.code, none.stderr], [1, "There is no page Nothing\n"]);
      const missing = await run(runtime, "remote-page.ts", [`${url}/y-multistream.xml.bz2`, "A"]);
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /y-multistream-index\.txt\.bz2/);
    });
  },

  async "count-revisions.ts"(runtime) {
    const { code, stdout, stderr } = await run(runtime, "count-revisions.ts", ["tiny.xml.bz2"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, "Tiny: 5 pages, 6 revisions\nMost revisions: Home (2)\n");
    const big = await run(runtime, "count-revisions.ts", ["big.xml.bz2"]);
    assert.equal(big.stdout, "Test: 200 pages, 200 revisions\nMost revisions: Page: 1 (1)\n", big.stderr);
  },

  async "recompress-multistream.ts"(runtime) {
    const cwd = mkdtempSync(join(ROOT, "recompress-"));
    const args = (file: string): string[] => [join(ROOT, file), "out.bz2", "index.txt"];
    const cut = await run(runtime, "recompress-multistream.ts", args("cut.xml.bz2"), cwd);
    assert.equal(cut.code, 1);
    assert.deepEqual(readdirSync(cwd), [], "nothing half-written");
    const { code, stdout, stderr } = await run(runtime, "recompress-multistream.ts", args("tiny.xml.bz2"), cwd);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^5 pages in \d streams\n$/);
    assert.deepEqual(readdirSync(cwd).sort(), ["index.txt", "out.bz2"]);
    assert.deepEqual(decompress(readFileSync(join(cwd, "out.bz2"))), TINY);
    assert.equal(readFileSync(join(cwd, "index.txt"), "utf8").trimEnd().split("\n").length, 5);
  },

  async "resume-dump.ts"(runtime) {
    const cwd = mkdtempSync(join(ROOT, "resume-"));
    const pages = makeDump(Array.from({ length: 60 }, (_, i) => i + 1), () => 5000);
    const whole = oneStream(pages);
    writeFileSync(join(cwd, "cut.bz2"), whole.subarray(0, (whole.length * 2) / 3));
    writeFileSync(join(cwd, "more.bz2"), whole);
    const closed = await run(runtime, "resume-dump.ts", ["cut.bz2", "closed.bz2"], cwd);
    assert.equal(closed.code, 0, closed.stderr);
    const last = Number(/^Page (\d+) was the last whole one, 0 pages added\n$/.exec(closed.stdout)?.[1]);
    assert.ok(last > 10 && last < 50, closed.stdout);
    const textOf = (name: string): string => new TextDecoder().decode(decompress(readFileSync(join(cwd, name))));
    assert.equal(textOf("closed.bz2"), expectedDocument(pages, (id) => id <= last));
    const resumed = await run(runtime, "resume-dump.ts", ["cut.bz2", "out.bz2", "more.bz2"], cwd);
    assert.equal(resumed.stdout, `Page ${last} was the last whole one, ${60 - last} pages added\n`, resumed.stderr);
    assert.equal(textOf("out.bz2"), pages.xml);
    const text = await run(runtime, "resume-dump.ts", [join(ROOT, "tiny.xml"), "no.bz2"], cwd);
    assert.equal(text.code, 1);
    assert.deepEqual(readdirSync(cwd).sort(), ["closed.bz2", "cut.bz2", "more.bz2", "out.bz2"]);
  },
};

/** What is known not to be as it should. */
const PENDING: Readonly<Record<string, string>> = {};

/** Examples whose trials are in a test of their own. */
const TRIED_ELSEWHERE: readonly string[] = NAMES.filter((name) =>
  readdirSync(fileURLToPath(new URL(".", import.meta.url))).includes(name.replace(/\.ts$/, ".test.ts"))
);

test("every example is tried, is short, and stands in the list of examples", () => {
  const readme = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  for (const name of NAMES) {
    assert.ok(Object.hasOwn(TRIALS, name) || TRIED_ELSEWHERE.includes(name), `${name} has no trial`);
    const lines = readFileSync(join(EXAMPLES, name), "utf8").trimEnd().split("\n").length;
    assert.ok(lines <= MAX_LINES, `${name} has ${lines} lines`);
    assert.ok(readme.includes(`[${name}](${name})`), `${name} is not in examples/README.md`);
  }
  for (const name of Object.keys(TRIALS)) assert.ok(NAMES.includes(name), `${name} is not there`);
});

for (const runtime of RUNTIMES) {
  const skip = runtime.command === "" ? "deno is not installed here" : false;
  for (const [name, trial] of Object.entries(TRIALS)) {
    test(`${name} does its work on ${runtime.name}`, { skip }, () => trial(runtime));
  }
  for (const name of NAMES) {
    const todo = PENDING[`${name} on ${runtime.name}`] ?? false;
    test(`${name} says on ${runtime.name} how it is called, and what it misses`, { skip, todo }, async () => {
      const bare = await run(runtime, name, []);
      assert.deepEqual([bare.code, bare.stdout], [2, ""]);
      assert.match(bare.stderr, new RegExp(`^Usage: ${name.replace(".", "\\.")} .+\\n$`));
      if (name === "remote-page.ts") return;
      const missing = await run(runtime, name, ["missing.bz2", "1", "x"]);
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /missing\.bz2: no such file/);
      assert.doesNotMatch(missing.stderr, /^\s+at /m);
    });
  }
}
