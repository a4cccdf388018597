import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { FOOTER, HEADER, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runScript, type ScriptOptions, type ScriptRun } from "./run-script.ts";

const encoder = new TextEncoder();
const ROOT = scratchDirectory("bzdump-append");
const DUMP = makeDump(Array.from({ length: 60 }, (_, i) => 2 * i + 1), () => 6000);
const FILE = oneStream(DUMP);
const CUT = FILE.slice(0, Math.floor(0.7 * FILE.length));
let directories = 0;

function directoryWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(ROOT, String(directories++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

function append(args: string, cwd: string, options: Partial<ScriptOptions> = {}): Promise<ScriptRun> {
  return runScript("bzdump", ["append", ...args.split(" ")], { cwd, ...options });
}

function textIn(cwd: string, name: string): string {
  return new TextDecoder().decode(decompress(readFileSync(join(cwd, name)), { trailing: "error" }));
}

/** The dump of the first pages. */
function firstPages(count: number): string {
  return HEADER + DUMP.pages.slice(0, count).join("") + FOOTER;
}

test("append closes a dump after its last whole page, checked or quick, by threads or not", async () => {
  const cwd = directoryWith({ "cut.bz2": CUT });
  for (const how of ["", " --quick", " -n 2", " -n 1"]) {
    const { code, stdout, stderr } = await append(`cut.bz2 --close -o out.bz2 -f --json${how}`, cwd);
    assert.equal(code, 0, stderr);
    const report = JSON.parse(new TextDecoder().decode(stdout)) as Record<string, unknown>;
    const last = report["lastWholePage"] as number;
    assert.equal(textIn(cwd, "out.bz2"), firstPages((last + 1) / 2));
    const { size } = statSync(join(cwd, "out.bz2"));
    const keptBytes = report["keptBytes"] as number;
    assert.deepEqual(
      readFileSync(join(cwd, "out.bz2")).subarray(0, keptBytes),
      readFileSync(join(cwd, "cut.bz2")).subarray(0, keptBytes),
    );
    assert.deepEqual({ ...report, trouble: "", keptBits: 0, keptBytes: 0 }, {
      schema: "bzdump/append@1",
      file: "cut.bz2",
      output: "out.bz2",
      isChecked: how !== " --quick",
      wasWhole: false,
      trouble: "",
      lastWholePage: last,
      bytesIn: CUT.length,
      keptBytes: 0,
      keptBits: 0,
      addedPages: 0,
      skippedPages: 0,
      lastPage: last,
      bytesOut: size,
    });
    assert.ok(last > 20 && keptBytes > 0.2 * CUT.length);
  }
});

test("a dry run tells what would be kept, and writes nothing", async () => {
  const cwd = directoryWith({ "cut.bz2": CUT, "whole.bz2": FILE });
  const report = async (args: string): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await append(`${args} --json`, cwd);
    assert.equal(code, 0, stderr);
    return JSON.parse(new TextDecoder().decode(stdout)) as Record<string, unknown>;
  };
  const real = await report("cut.bz2 --close -o out.bz2");
  for (const how of ["", " --close -o out.bz2", " --close --in-place", " --with nothing.xml -o -"]) {
    assert.deepEqual(await report(`cut.bz2 --dry-run${how}`), { ...real, output: null, bytesOut: null }, how);
  }
  const { code, stdout, stderr } = await append("whole.bz2 --dry-run", cwd);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(
    new TextDecoder().decode(stdout),
    /^whole\.bz2: .* would be kept, the dump is whole, page 119 is the last/,
  );
  assert.deepEqual(readdirSync(cwd).sort(), ["cut.bz2", "out.bz2", "whole.bz2"]);
});

test("append takes what is missing from any other dump, a file or a pipe", async () => {
  const cwd = directoryWith({
    "cut.bz2": CUT,
    "all.xml": DUMP.xml,
    "all.gz": gzipSync(DUMP.xml),
    "all.bz2": multistream(DUMP, 10).bytes,
  });
  for (const name of ["all.xml", "all.gz", "all.bz2"]) {
    const { code, stdout, stderr } = await append(`cut.bz2 --with ${name} -o out.bz2 -f`, cwd);
    assert.equal(code, 0, stderr);
    assert.match(
      new TextDecoder().decode(stdout),
      /out\.bz2: .* kept, page \d+ is the last whole one, \d+ pages added, \d+ were there/,
    );
    assert.match(stderr, /cut\.bz2: Input ends too early/);
    assert.equal(textIn(cwd, "out.bz2"), DUMP.xml);
  }
  const piped = await append("cut.bz2 --with - -o -", cwd, { input: encoder.encode(DUMP.xml) });
  assert.equal(piped.code, 0, piped.stderr);
  assert.equal(new TextDecoder().decode(decompress(piped.stdout)), DUMP.xml);
  const all = await append("cut.bz2 -w all.xml --all -o twice.bz2 -q", cwd);
  assert.equal(all.code, 0);
  assert.equal(all.stdout.length, 0);
  assert.ok(textIn(cwd, "twice.bz2").split("<page>").length > 80);
});

test("append goes on in streams of pages where the dump has them", async () => {
  const { bytes } = multistream(DUMP, 10);
  const cwd = directoryWith({ "cut.bz2": bytes.slice(0, bytes.length >> 1), "all.xml": DUMP.xml });
  const { code, stderr } = await append("cut.bz2 --with all.xml -p 10 -o out.bz2", cwd);
  assert.equal(code, 0, stderr);
  assert.equal(textIn(cwd, "out.bz2"), DUMP.xml);
});

test("append in place replaces the file when the result is whole, through links, with its mode", async () => {
  const cwd = directoryWith({ "cut.bz2": CUT, "all.xml": DUMP.xml, "bad.xml": DUMP.xml.slice(0, -200) });
  symlinkSync("cut.bz2", join(cwd, "link.bz2"));
  const failed = await append("link.bz2 --with bad.xml --in-place", cwd);
  assert.notEqual(failed.code, 0);
  assert.deepEqual(new Uint8Array(readFileSync(join(cwd, "cut.bz2"))), CUT);
  spawnSync("chmod", ["640", join(cwd, "cut.bz2")]);
  const { code, stderr } = await append("link.bz2 --with all.xml --in-place", cwd);
  assert.equal(code, 0, stderr);
  assert.ok(lstatSync(join(cwd, "link.bz2")).isSymbolicLink());
  assert.equal(textIn(cwd, "cut.bz2"), DUMP.xml);
  assert.equal(statSync(join(cwd, "cut.bz2")).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(cwd).sort(), ["all.xml", "bad.xml", "cut.bz2", "link.bz2"]);
});

test("a whole dump has nothing to close, and can get more pages", async () => {
  const more = makeDump([1001, 1002], () => 100);
  const cwd = directoryWith({ "whole.bz2": FILE, "more.xml": more.xml });
  for (const how of ["", " --quick"]) {
    const { code, stderr } = await append(`whole.bz2 --close -o out.bz2${how}`, cwd);
    assert.equal(code, 255, stderr);
    assert.match(stderr, /nothing to do/);
  }
  assert.deepEqual(readdirSync(cwd).sort(), ["more.xml", "whole.bz2"]);
  assert.equal((await append("whole.bz2 --with more.xml -o out.bz2", cwd)).code, 0);
  assert.equal(textIn(cwd, "out.bz2"), HEADER + DUMP.pages.join("") + more.pages.join("") + FOOTER);
});

test("what cannot be continued, or not so, is told, and nothing is left", async () => {
  const files: Readonly<Record<string, Uint8Array | string>> = {
    "cut.bz2": CUT,
    "empty.bz2": "",
    "text.bz2": "hello\n",
    "gzip.bz2": gzipSync(DUMP.xml),
    "first.bz2": FILE.slice(0, 9000),
    "header.bz2": FILE.slice(0, 4),
    "other.bz2": compress(encoder.encode("no dump\n")),
    "bad.xml": DUMP.xml.slice(0, -200),
    "there.bz2": "x",
  };
  const cwd = directoryWith(files);
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["empty.bz2 --close -o o.bz2", 3, /empty/],
    ["text.bz2 --close -o o.bz2", 3, /text\.bz2/],
    ["gzip.bz2 --close -o o.bz2", 3, /gzip/],
    ["first.bz2 --close -o o.bz2", 4, /first\.bz2/],
    ["first.bz2 --close -o o.bz2 --quick", 4, /first\.bz2/],
    ["header.bz2 --close -o o.bz2", 4, /header\.bz2/],
    ["other.bz2 --close -o o.bz2", 3, /No whole page/],
    ["nope.bz2 --close -o o.bz2", 74, /nope\.bz2/],
    ["cut.bz2 --with nope.xml -o o.bz2", 74, /nope\.xml/],
    ["cut.bz2 --with bad.xml -o o.bz2", 4, /page/],
    ["cut.bz2 --close -o there.bz2", 74, /exists already/],
    ["cut.bz2 --close -o none/o.bz2", 74, /none\/o\.bz2/],
    ["cut.bz2 -o o.bz2", 2, /how to go on/],
    ["cut.bz2 --close --with bad.xml -o o.bz2", 2, /together/],
    ["cut.bz2 --close", 2, /one place/],
    ["cut.bz2 --close -o o.bz2 --in-place", 2, /one place/],
    ["cut.bz2 --close -o cut.bz2 -f", 2, /--in-place/],
    ["cut.bz2 --close --all -o o.bz2", 2, /--all/],
    ["- --close -o o.bz2", 2, /Standard input/],
    ["http://127.0.0.1:9/x.bz2 --close --in-place", 2, /server/],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stderr } = await append(args, cwd);
    assert.equal(code, expected, `${args}: ${stderr}`);
    assert.match(stderr, message, args);
  }
  assert.deepEqual(readdirSync(cwd).sort(), Object.keys(files).sort());
});

test("bzip2 accepts what append made", { skip: skipWithoutCommand("bzip2") }, async () => {
  const cwd = directoryWith({ "cut.bz2": CUT });
  await append("cut.bz2 --close -o out.bz2", cwd);
  assert.equal(spawnSync("bzip2", ["-t", join(cwd, "out.bz2")]).status, 0);
});
