import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import {
  makeSevenZip as makeSevenZipTask,
  type MakeSevenZipOptions,
} from "../../../../lib/farm/jobs/recombine/make-seven-zip.ts";
import { createWorkerPool } from "../../../../lib/host/worker-pool.ts";
import { skipWithoutCommand } from "../../../support/oracle.ts";
import { scratchDirectory } from "../../../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../../../support/shared.ts";
import { bzip2Of, FOOTER, HEADER, noise, pagesText, publishing, put, quiet, upTo } from "./make-pieces.ts";

const makeSevenZip = publishing(makeSevenZipTask);

const TREE = ["reference", "run", "public", "elwikivoyage", "20261122"];
const skip = skipWithoutCommand("7za");
const BIG = HEADER + pagesText(upTo(1, 20), 200_000) + FOOTER;

/** A history file, and what is to become of it. */
function made(packed: Uint8Array = bzip2Of(BIG), tool = "") {
  const directory = scratchDirectory("seven-zip");
  const inputPath = put(directory, "tinywiki-20260101-pages-meta-history2.xml-p1p20.bz2", packed);
  const outputPath = inputPath.replace(/bz2$/, "7z");
  const options: MakeSevenZipOptions = {
    inputPath,
    outputPath,
    tools: { bzip2: "", lbzip2: "", lbzip2Threads: 0, sevenzip: tool },
    verify: "full",
  };
  return { directory, outputPath, options };
}

/** A program in the place of 7za, in a directory of its own. */
function script(text: string): string {
  const path = put(scratchDirectory("tool"), "7za-script", `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const onlyInput = (directory: string): void =>
  assert.deepEqual(readdirSync(directory), ["tinywiki-20260101-pages-meta-history2.xml-p1p20.bz2"]);

const unpacked = (path: string): string => spawnSync("7za", ["e", "-so", path], { maxBuffer: 1e9 }).stdout.toString();

test(
  "an archive holds the text under the reference's name; its checksums are those of the file",
  { skip },
  async () => {
    const { outputPath, options, directory } = made();
    const [finished] = await makeSevenZip(options).run(quiet());
    assert.equal(unpacked(outputPath), BIG);
    const bytes = readFileSync(outputPath);
    assert.deepEqual(finished, {
      name: "tinywiki-20260101-pages-meta-history2.xml-p1p20.7z",
      byteLength: bytes.length,
      md5: createHash("md5").update(bytes).digest("hex"),
      sha1: createHash("sha1").update(bytes).digest("hex"),
    });
    assert.equal(spawnSync("7za", ["t", outputPath]).status, 0);
    const { stdout } = spawnSync("7za", ["l", "-slt", "-ba", outputPath]);
    assert.match(stdout.toString(), /^Path = tinywiki-20260101-pages-meta-history2\.xml-p1p20$/m);
    assert.equal(readdirSync(directory).length, 2);
    assert.equal(statSync(outputPath).mode & 0o444, 0o444);
  },
);

test(
  "a second time, the archive of before is replaced, and a leftover of a run that died is not added to",
  { skip },
  async () => {
    const { outputPath, options } = made();
    writeFileSync(outputPath, "the one of before");
    const other = made(bzip2Of(HEADER + pagesText([1]) + FOOTER));
    await makeSevenZip(other.options).run(quiet());
    spawnSync("cp", [other.outputPath, `${outputPath}.inprog`]);
    writeFileSync(`${outputPath}.inprog.tmp`, "half an archive");
    await makeSevenZip({ ...options, verify: "footer" }).run(quiet());
    assert.equal(unpacked(outputPath), BIG);
  },
);

test("the reference's history becomes archives with the text and the names of the reference's", {
  skip: skip || skipWithoutShared(...TREE),
}, async () => {
  const directory = scratchDirectory("seven-zip");
  const pool = createWorkerPool({ size: 2 });
  for (const [index, range] of ["", "1.xml-p1p62", "1.xml-p63p70"].entries()) {
    const base = `elwikivoyage-20261122-pages-meta-history${range === "" ? ".xml" : range}`;
    const tools = { bzip2: "", lbzip2: "", lbzip2Threads: 0, sevenzip: "", pool: index === 0 ? pool : undefined };
    const outputPath = `${directory}/${base}.7z`;
    const inputPath = sharedPath(...TREE, `${base}.bz2`)!;
    await makeSevenZip({ inputPath, outputPath, tools, verify: "full" }).run(quiet());
    const theirs = sharedPath(...TREE, `${base}.7z`)!;
    assert.equal(unpacked(outputPath), unpacked(theirs));
    const names = [outputPath, theirs].map((path) =>
      /^Path = .*$/m.exec(spawnSync("7za", ["l", "-slt", "-ba", path]).stdout.toString())?.[0]
    );
    assert.equal(names[0], names[1]);
  }
  await pool.close();
});

test("an input that is cut, damaged or without its end is refused by name; nothing is left", { skip }, async () => {
  const whole = bzip2Of(BIG);
  const damaged = whole.slice();
  damaged[whole.length - 100]! ^= 1;
  const bad = [
    whole.subarray(0, whole.length - 20),
    whole.subarray(0, whole.length >> 1),
    damaged,
    new Uint8Array(0),
    bzip2Of(BIG.slice(0, -FOOTER.length)),
    bzip2Of(BIG.slice(0, BIG.length >> 1)),
  ];
  for (const [index, packed] of bad.entries()) {
    const { directory, options } = made(packed);
    const rejected = { name: "SourceError", code: "UNFIT", path: options.inputPath };
    await assert.rejects(makeSevenZip(options).run(quiet()), rejected, `input ${index}`);
    onlyInput(directory);
  }
});

test("a tool that is not there is told with the key that names it, and only when the work begins", async () => {
  const { directory, options } = made(undefined, "/nowhere/7za");
  const task = makeSevenZip(options);
  assert.deepEqual(task.outputs, ["tinywiki-20260101-pages-meta-history2.xml-p1p20.7z"]);
  await assert.rejects(task.run(quiet()), {
    name: "CommandError",
    code: "NOT_FOUND",
    remedy: /\[tools\] sevenzip/,
    message: /\/nowhere\/7za/,
  });
  onlyInput(directory);
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    const rejected = { code: "NOT_FOUND", message: /7za, 7z, 7zz/, remedy: /\[tools\] sevenzip/ };
    await assert.rejects(makeSevenZip(made().options).run(quiet()), rejected);
  } finally {
    process.env["PATH"] = path;
  }
});

test("a tool that fails, or is killed, in the middle or at the end, fails the work", { skip }, async () => {
  const cases: [string, string][] = [
    ["head -c 100000 >/dev/null; echo 'ERROR: E_FAIL' >&2; exit 2", "EXIT"],
    ["cat >/dev/null; exit 1", "EXIT"],
    [`7za "$@"; exit 2`, "EXIT"],
    ["head -c 100000 >/dev/null; kill -9 $$", "SIGNAL"],
    ["head -c 100000 >/dev/null; exit 0", "EXIT"],
  ];
  for (const [text, code] of cases) {
    const { directory, options } = made(undefined, script(text));
    await assert.rejects(makeSevenZip(options).run(quiet()), { name: "CommandError", code }, text);
    onlyInput(directory);
  }
});

test("an archive that is not what went in is found: shorter, of other bytes, with another name, with one file more", {
  skip,
}, async () => {
  const pack = (filter: string): string => `if [ "$1" = a ]; then ${filter}; else exec 7za "$@"; fi`;
  const cases: [string, RegExp][] = [
    [`head -c 100000 | 7za "$@"; cat >/dev/null`, /does not list|did not read all/],
    [`sed 's/a/b/' | 7za "$@"`, /does not unpack to what went in/],
    [`shift; 7za a -t7z -siother -- "$(eval echo \\\${$#})"`, /does not list/],
    [`7za "$@" && echo more | 7za a -t7z -simore -- "$(eval echo \\\${$#})"`, /does not list/],
    ["cat >/dev/null", /no such file/],
  ];
  for (const [filter, message] of cases) {
    const { directory, options } = made(undefined, script(pack(filter)));
    await assert.rejects(makeSevenZip(options).run(quiet()), message, filter);
    onlyInput(directory);
  }
});

test("an archive that the tool cannot read back is found", { skip }, async () => {
  const tool = script(`if [ "$1" = e ]; then 7za "$@" | head -c 100000; exit 2; else exec 7za "$@"; fi`);
  const { directory, options } = made(undefined, tool);
  await assert.rejects(makeSevenZip(options).run(quiet()), { name: "CommandError", code: "EXIT" });
  onlyInput(directory);
});

test("an abort ends the tool and leaves nothing: while it packs, and while it is read back", { skip }, async () => {
  const stays = `if [ "$1" = WHEN ]; then sleep 60 & echo $! > PIDS; wait; else exec 7za "$@"; fi`;
  for (const when of ["a", "e"]) {
    const pids = `${scratchDirectory("pids")}/pid`;
    const { directory, options } = made(undefined, script(stays.replace("WHEN", when).replace("PIDS", pids)));
    const controller = new AbortController();
    const running = makeSevenZip(options).run({ signal: controller.signal });
    const ended = assert.rejects(running, (error: Error) => /enough|aborted/.test(String(error)));
    for (let round = 0; round < 500 && spawnSync("test", ["-s", pids]).status !== 0; round++) await delay(20);
    controller.abort(new Error("enough"));
    await ended;
    onlyInput(directory);
    const pid = readFileSync(pids, "utf8").trim();
    const state = spawnSync("ps", ["-o", "stat=", "-p", pid]).stdout.toString().trim();
    assert.ok(state === "" || state.startsWith("Z"), `process ${pid} is still there: ${state}`);
  }
});

test("an archive that is not published leaves nothing", { skip }, async () => {
  const { directory, options } = made(bzip2Of(HEADER + `  ${pagesText([1])}` + FOOTER + noise(1, 0)));
  await (await makeSevenZipTask(options).run(quiet())).discard();
  onlyInput(directory);
});
