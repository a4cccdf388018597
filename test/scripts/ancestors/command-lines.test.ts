/** The command lines of the old tools: help, version, wrong usage, and the ways to write an option. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VERSION } from "../../../lib/cli/version.ts";
import { findAncestor } from "../../../scripts/bzdump/ancestors/table.ts";
import { HEADER, makeDump, oneStream } from "../../dump/dump-maker.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { runOld } from "./run-ancestor.ts";

const ROOT = scratchDirectory("old-command-lines");
const DUMP = makeDump([10, 20, 30, 40, 50], () => 300);
const PLAIN = join(ROOT, "dump.xml");
const PACKED = join(ROOT, "dump.xml.bz2");
writeFileSync(PLAIN, DUMP.xml);
writeFileSync(PACKED, oneStream(DUMP));

/** The C programs end with -1, the Python scripts with 1. */
const SCRIPTS = ["check_bz2_pagerange", "munge_crc_info", "show_byte_aligned_crcs", "split_bz2"];
const NAMES = [
  "appendbz2",
  "checkforbz2footer",
  "dumpbz2filefromoffset",
  "dumplastbz2block",
  "findpageidinbz2xml",
  "getlastidinbz2xml",
  "recompressxml",
  "revsperpage",
  "showcrcs",
  "writeuptopageid",
  ...SCRIPTS,
];

for (const name of NAMES) {
  const wrong = SCRIPTS.includes(name) ? 1 : 255;
  const hasVersion = findAncestor(name)!.options.some((option) => option.name === "version");

  test(`${name}: help, version and unknown options go to stderr and end with ${wrong}`, async () => {
    for (const help of ["--help", wrong === 1 ? "-hh" : "-help", "-h", "--hel"]) {
      const { code, stdout, stderr } = await runOld(name, help);
      assert.deepEqual([code, stdout], [wrong, ""]);
      assert.match(stderr, new RegExp(`^Usage: ${name}`));
    }
    if (hasVersion) {
      const { code, stdout, stderr } = await runOld(name, "--version");
      assert.deepEqual([code, stdout], [wrong, ""]);
      assert.match(stderr, new RegExp(`^${name} ${VERSION.replaceAll(".", "\\.")} \\(\\w+ [\\d.]+\\)\\n$`));
    }
    const { code, stdout, stderr } = await runOld(name, "--bogus");
    assert.deepEqual([code, stdout], [wrong, ""]);
    const told = wrong === 1
      ? "Unknown option specified: option --bogus not"
      : `${name}: unrecognized option '--bogus'\\n`;
    assert.match(stderr, new RegExp(`^${told}[^]*Usage: ${name}`));
  });

  if (name === "revsperpage") continue;
  test(`${name}: without arguments it says how it is called`, async () => {
    const { code, stdout, stderr } = await runOld(name);
    assert.deepEqual([code, stdout], [wrong, ""]);
    assert.match(stderr, new RegExp(`(^|\\n)Usage: ${name}`));
  });
}

test("a C program answers for help and version before it reads on, a script does not", async () => {
  for (const args of [["-h", "-q"], ["-hq"], ["--help", "--bogus"], ["-V", "--file"]]) {
    assert.doesNotMatch((await runOld("showcrcs", ...args)).stderr, /unrecognized|invalid|requires/);
  }
  assert.match((await runOld("showcrcs", "-q", "-h")).stderr, /^showcrcs: unrecognized option '-q'/);
  assert.match((await runOld("munge_crc_info", "-h", "-q")).stderr, /^Unknown option specified: option -q not recog/);
});

test("a script takes letters behind one dash and names behind two", async () => {
  const read = (...args: string[]) => runOld("show_byte_aligned_crcs", ...args);
  const expected = await read("-i", PACKED);
  assert.equal(expected.code, 0);
  for (
    const args of [[`-vi${PACKED}`], ["--input", PACKED, "-v"], [`--in=${PACKED}`, "--verb"], ["-i", PACKED, "--"]]
  ) {
    assert.deepEqual(await read(...args), expected);
  }
  const trials: readonly (readonly [string, readonly string[]])[] = [
    [`<${PACKED}>`, ["-input", PACKED]],
    ["<extra>", ["-i", PACKED, "extra"]],
    ["<->", ["-", "-i", PACKED]],
    ["<-i>", ["--", "-i", PACKED]],
    ["option -i requires argument", ["-vi"]],
    ["option --input requires argument", ["--inp"]],
    ["option --verbose must not have an argument", ["--verb=1"]],
    ["option -- not a unique prefix", ["--=x"]],
    ["option -= not recognized", ["-="]],
  ];
  for (const [told, args] of trials) {
    const { code, stdout, stderr } = await read(...args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.ok(stderr.startsWith(`Unknown option specified: ${told}\n`), stderr);
  }
  assert.match((await read("-i", "")).stderr, /^The mandatory argument 'input' was not specified\n/);
});

test("options in any spelling, order and place mean the same", async () => {
  const forms: readonly (readonly [string, readonly string[][]])[] = [
    ["findpageidinbz2xml", [
      ["-f", PACKED, "-p", "30"],
      ["-p30", `-f${PACKED}`],
      ["--filename", PACKED, "--pageid", "30"],
      [`--pageid=30`, `--filename=${PACKED}`],
      ["-pageid", "30x", "-file", PACKED],
      ["-a", "-s", "nothing.gz", "-p", "7", "-f", PACKED, "-p", "30"],
      ["more", "-f", PACKED, "-p", "30", "words"],
    ]],
    ["getlastidinbz2xml", [
      ["-f", PACKED, "-t", "page"],
      ["-tpage", `-f${PACKED}`],
      ["--ty=page", "--f", PACKED],
      ["-type", "page", "-filename", PACKED],
      ["more", "-f", PACKED, "-t", "page", "words"],
    ]],
    ["showcrcs", [["-f", PACKED], [`-f${PACKED}`], ["--file", PACKED], ["--filename", PACKED], [`-fi=${PACKED}`]]],
    ["writeuptopageid", [
      ["-i", PLAIN, "20", "40"],
      ["20", "40", "--inpath", PLAIN],
      ["20", `-i${PLAIN}`, " +40"],
      ["-in", PLAIN, "--", "20", "40"],
      ["-i", PACKED, "20", "40", "60"],
    ]],
    ["recompressxml", [
      ["-p", "2", "-i", PLAIN, "-HF"],
      ["-FHp2", `-i${PLAIN}`],
      ["--nofooter", "--noheader", "--pages=2x", "--inpath", PLAIN],
      ["-nof", "-noh", "-v", "-v", "-i", PACKED, "-p", "2"],
    ]],
  ];
  for (const [name, spellings] of forms) {
    const [first, ...rest] = await Promise.all(spellings.map((args) => runOld(name, ...args)));
    assert.equal(first!.code, 0, first!.stderr);
    assert.notEqual(first!.stdout, "");
    for (const one of rest) assert.deepEqual(one, first);
  }
});

test("an abbreviation that may mean two options is refused, and so is an option without its value", async () => {
  const trials: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["showcrcs", ["--ver"], /option '--ver' is ambiguous; possibilities: '--verbose' '--version'/],
    ["revsperpage", ["--ba", "x"], /Option --batch requires a number/],
    ["revsperpage", ["--b"], /option '--b' is ambiguous/],
    ["findpageidinbz2xml", ["-f"], /option requires an argument -- 'f'/],
    ["recompressxml", ["--pagesperstream"], /option '--pagesperstream' requires an argument/],
    ["recompressxml", ["--noheader=1"], /option '--noheader' doesn't allow an argument/],
    ["getlastidinbz2xml", ["-vx"], /invalid option -- 'x'/],
  ];
  for (const [name, args, told] of trials) {
    const { code, stdout, stderr } = await runOld(name, ...args);
    assert.deepEqual([code, stdout], [255, ""]);
    assert.match(stderr, told);
  }
});

test("values that the old tools refused are refused", async () => {
  const trials: readonly (readonly [string, readonly string[]])[] = [
    ["findpageidinbz2xml", ["-f", PACKED, "-p", "0"]],
    ["findpageidinbz2xml", ["-f", PACKED, "-p", "-5"]],
    ["findpageidinbz2xml", ["-p", "5"]],
    ["getlastidinbz2xml", ["-f", PACKED]],
    ["getlastidinbz2xml", ["-f", PACKED, "-t", "revision"]],
    ["recompressxml", ["-p", "0", "-i", PLAIN]],
    ["recompressxml", ["-p", "-3", "-i", PLAIN]],
    ["recompressxml", ["-p", "+3", "-i", PLAIN]],
    ["recompressxml", ["-p", " 3", "-i", PLAIN]],
    ["recompressxml", ["-p", "", "-i", PLAIN]],
    ["writeuptopageid", ["-i", PLAIN, "0"]],
    ["writeuptopageid", ["-i", PLAIN, "20", "x"]],
    ["writeuptopageid", ["-i", PLAIN, "20x"]],
    ["writeuptopageid", ["-i", PLAIN, "20", "40abc"]],
    ["writeuptopageid", ["-i", PLAIN, "20", "4.5"]],
    ["writeuptopageid", ["-i", PLAIN, "20 "]],
    ["dumpbz2filefromoffset", ["--", PACKED, "-5"]],
    ["dumpbz2filefromoffset", [PACKED, "0", "raw", "more"]],
    ["appendbz2", ["-c", "0", "-o", join(ROOT, "out")]],
    ["appendbz2", ["-c", "5"]],
    ["checkforbz2footer", [PACKED, PACKED]],
    ["dumplastbz2block", [PACKED, PACKED]],
  ];
  for (const [name, args] of trials) {
    const { code, stdout, stderr } = await runOld(name, ...args);
    assert.deepEqual([code, stdout], [255, ""], `${name} ${args.join(" ")}`);
    assert.match(stderr, /Usage: /);
  }
});

test("a bad list of files is refused before anything is written, without an empty line before the usage", async () => {
  const trials: readonly (readonly [string, string])[] = [
    ["a", "missing page start id in fspec a"],
    [":", "missing filename in fspec :"],
    ["a:10;b", "missing page start id in fspec b"],
    ["a:x", "non-numeric page start id in fspec a, got x"],
    ["a:1:x", "bad fspec a, expected numeric for next piece but got x"],
    ["a:1:2:3", "non-numeric page end id in fspec a, got 3"],
    ["a:1x:3", "non-numeric page start id in fspec a, got 1x"],
    ["a:10 :20", "non-numeric page start id in fspec a, got 10 "],
    ["a:1:3x;b:3", "bad fspec a, expected numeric for next piece but got 3x"],
    [":10:30", "missing filename in fspec :10:30"],
    ["a:10:30;a:30:50", "fspec a is there twice, each file takes one range of pages"],
  ];
  for (const [specs, told] of trials) {
    const { code, stdout, stderr } = await runOld("writeuptopageid", "-i", PLAIN, "-o", ROOT, "-f", specs);
    assert.deepEqual([code, stdout], [255, ""], specs);
    assert.ok(stderr.startsWith(`${told}\nUsage: writeuptopageid`), stderr);
  }
  for (const empty of ["", ";;"]) {
    const { code, stdout, stderr } = await runOld("writeuptopageid", "-i", PLAIN, "-o", ROOT, "-f", empty);
    assert.deepEqual([code, stdout, stderr], [255, "", `badly formatted fspec list (empty?) ${empty}\n`]);
  }
  for (const one of [["-o", ROOT], ["-f", "a:10"]]) {
    const { code, stderr } = await runOld("writeuptopageid", "-i", PLAIN, ...one);
    assert.equal(code, 255);
    assert.match(stderr, /^The (odir option requires the fspecs|fspecs option requires the odir) option\.\n\n\nUsage/);
  }
  assert.deepEqual(readdirSync(ROOT).sort(), ["dump.xml", "dump.xml.bz2"]);
});

test("recompressxml says when pages are hidden in an element that never ends", async () => {
  const path = join(ROOT, "unclosed.xml");
  writeFileSync(path, `${HEADER}${DUMP.pages[0]}<mistake>\n${DUMP.pages[1]}</mediawiki>\n`);
  const { code, stderr } = await runOld("recompressxml", "-p", "1", "-i", path, "-o", `${path}.bz2`);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`Expected </mistake>.* pages behind byte ${HEADER.length + DUMP.pages[0]!.length} `));
  rmSync(path);
  rmSync(`${path}.bz2`);
});

test("a list of files may have semicolons too many, start at 0, and be open at its end", async () => {
  const { code, stderr } = await runOld(
    "writeuptopageid",
    "-i",
    PACKED,
    "-o",
    ROOT,
    "-f",
    "a.x:0:20;;b.y:20:40;c.z:40:0;",
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const [a, b, c] = ["a.x", "b.y", "c.z"].map((name) => readFileSync(join(ROOT, name), "utf8"));
  assert.equal(a, `${HEADER}${DUMP.pages[0]}</mediawiki>\n`);
  assert.equal(b, `${HEADER}${DUMP.pages[1]}${DUMP.pages[2]}</mediawiki>\n`);
  assert.equal(c, `${HEADER}${DUMP.pages[3]}${DUMP.pages[4]}</mediawiki>\n`);
});

test("devices are written to as they are, and a full one is told", { skip: !existsSync("/dev/full") }, async () => {
  const trials: readonly (readonly [number, string, readonly string[]])[] = [
    [0, "recompressxml", ["-p", "2", "-i", PLAIN, "-o", "/dev/null", "-b", "/dev/null"]],
    [1, "recompressxml", ["-p", "2", "-i", PLAIN, "-o", "/dev/full"]],
    [1, "recompressxml", ["-p", "2", "-i", PLAIN, "-o", "/dev/null", "-b", "/dev/full"]],
    [0, "writeuptopageid", ["-i", PLAIN, "-o", "/dev", "-f", "null:10:30"]],
    [255, "writeuptopageid", ["-i", PLAIN, "-o", "/dev", "-f", "null:10:30;full:30"]],
  ];
  for (const [expected, name, args] of trials) {
    const { code, stdout, stderr } = await runOld(name, ...args);
    assert.deepEqual([code, stdout], [expected, ""], stderr);
    assert.match(stderr, expected === 0 ? /^$/ : /Cannot write \/dev\/full/);
  }
});

test("a pipe whose reader goes is no failure", { skip: skipWithoutCommand("mkfifo") }, async () => {
  const path = join(ROOT, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = createReadStream(path, { highWaterMark: 10 }).once("data", () => reader.destroy());
  const many = join(ROOT, "many.xml");
  writeFileSync(many, makeDump([1, 2, 3], () => 200_000).xml);
  try {
    const { code, stderr } = await runOld("recompressxml", "-p", "1", "-i", many, "-o", path);
    assert.deepEqual([code, stderr], [0, ""]);
  } finally {
    rmSync(path);
    rmSync(many);
  }
});

test("split_bz2 refuses directories that are not there, and takes 0 at once for 1", async () => {
  const split = (...args: string[]) => runOld("split_bz2", "-f", `${PACKED}:50`, "-s", "500", "-d", ...args);
  const nothing = join(ROOT, "nothing");
  for (const args of [["-o", nothing], ["-o", ROOT, "-u", nothing], ["-o", PACKED]]) {
    const { code, stdout, stderr } = await split(...args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^No such directory: \/.*\nUsage: split_bz2/);
  }
  const one = await split("-o", ROOT, "-b", "1");
  assert.equal(one.code, 0);
  assert.match(one.stderr, /^would run: /);
  assert.deepEqual(await split("-o", ROOT, "-b", "0"), one);
  for (const text of ["-1", "x", "", "1.5", " 2"]) {
    const { code, stderr } = await split("-o", ROOT, "-b", text);
    assert.equal(code, 1);
    assert.match(stderr, /^batchsize must be an number\nUsage/);
  }
  const big = await runOld("split_bz2", "-f", `${PACKED}:50`, "-s", "1G", "-o", ROOT);
  const stdout = `File ${PACKED} smaller than or not much bigger than splitsize, skipping\n`;
  assert.deepEqual(big, { code: 0, stdout, stderr: "" });
});

test("files that cannot be opened: the exit codes of the old tools, and nothing written", async () => {
  const nothing = join(ROOT, "nothing.bz2");
  const out = join(ROOT, "out.bz2");
  const trials: readonly (readonly [number, string, readonly string[]])[] = [
    [255, "checkforbz2footer", [nothing]],
    [255, "dumplastbz2block", [nothing]],
    [255, "dumpbz2filefromoffset", [nothing, "0"]],
    [1, "findpageidinbz2xml", ["-f", nothing, "-p", "5"]],
    [1, "getlastidinbz2xml", ["-f", nothing, "-t", "page"]],
    [1, "showcrcs", ["-f", nothing]],
    [255, "recompressxml", ["-p", "5", "-i", nothing, "-o", out]],
    [255, "recompressxml", ["-p", "5", "-i", PLAIN, "-o", join(ROOT, "no", "out.bz2")]],
    [255, "recompressxml", ["-p", "5", "-i", PLAIN, "-o", out, "-b", join(ROOT, "no", "index")]],
    [255, "recompressxml", ["-p", "5", "-i", nothing, "-o", "", "-b", out]],
    [255, "recompressxml", ["-p", "5", "-i", PLAIN, "-o", join(ROOT, "no/"), "-b", ""]],
    [255, "recompressxml", ["-p", "5", "-i", PLAIN, "-o", join(ROOT, "no/x"), "-b", join(ROOT, "no/x")]],
    [255, "writeuptopageid", ["-i", nothing, "10"]],
    [255, "writeuptopageid", ["-i", PLAIN, "-o", join(ROOT, "no"), "-f", "a:1:9"]],
    [1, "appendbz2", ["-c", "5", "-o", join(ROOT, "no", "out.bz2")]],
    [1, "munge_crc_info", ["-i", nothing]],
    [1, "show_byte_aligned_crcs", ["-i", nothing]],
    [1, "check_bz2_pagerange", ["-w", "x", "-d", "20110101", "--public", ROOT]],
  ];
  for (const [expected, name, args] of trials) {
    const { code, stdout, stderr } = await runOld(name, ...args);
    assert.deepEqual([code, stdout], [expected, ""], `${name}: ${stderr}`);
    assert.match(stderr, /nothing\.bz2|no\/|x\/20110101/);
    assert.doesNotMatch(stderr, /ENOENT|scandir| at /);
  }
  assert.ok(!existsSync(out));
});
