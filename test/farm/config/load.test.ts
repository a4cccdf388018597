import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, test } from "node:test";
import type { ConfigError } from "../../../lib/errors.ts";
import { loadConfig, type LoadOptions, splitConfigArgument } from "../../../lib/farm/config/load.ts";
import type { FarmConfig } from "../../../lib/farm/config/farm-config.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";

const directories: string[] = [];

/** A directory with these files in it. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-config-"));
  directories.push(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** Loads without a look at the files and variables of this machine. */
function load(options: LoadOptions): Promise<FarmConfig> {
  return loadConfig({ home: "", env: {}, systemFile: "/nowhere/wikidump.conf", ...options });
}

async function loadText(text: string, options: LoadOptions = {}): Promise<FarmConfig> {
  return await load({ file: join(directoryWith({ "w.conf": text }), "w.conf"), ...options });
}

async function errorOf(text: string, options: LoadOptions = {}): Promise<ConfigError> {
  try {
    await loadText(text, options);
  } catch (error) {
    assert.equal((error as Error).name, "ConfigError");
    return error as ConfigError;
  }
  assert.fail("It was accepted");
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

describe("files", () => {
  const KEEP = (value: number): string => `[cleanup]\nkeep=${value}\n`;

  test("without any file there are the defaults", async () => {
    const config = await load({});
    assert.deepEqual(config.files, []);
    assert.equal(config.forWiki().output.public, "/dumps/public");
    assert.equal(config.forWiki().output.fileperms, 0o640);
  });

  test("the file that is named is stronger than /etc, and /etc than the home directory", async () => {
    const directory = directoryWith({
      "home/.wikidump.conf": "[cleanup]\nkeep=1\n[stubs]\nminpages=11\nmaxrevs=111\n",
      "etc.conf": "[cleanup]\nkeep=2\n[stubs]\nminpages=22\n",
      "named.conf": KEEP(3),
    });
    const places = { home: join(directory, "home"), systemFile: join(directory, "etc.conf") };
    const config = await load({ ...places, file: join(directory, "named.conf") });
    const { cleanup, stubs } = config.forWiki();
    assert.deepEqual([cleanup.keep, stubs.minpages, stubs.maxrevs], [3, 22, 111]);
    assert.deepEqual(config.files.map((file) => file.slice(directory.length)), [
      "/home/.wikidump.conf",
      "/etc.conf",
      "/named.conf",
    ]);
    assert.equal((await load(places)).forWiki().cleanup.keep, 2);
  });

  test("the variable WIKIDUMP_CONFIG names the file when the caller does not, and the script's directory has the last one", async () => {
    const directory = directoryWith({ "wikidump.conf": KEEP(5), "named.conf": KEEP(6), "variable.conf": KEEP(7) });
    const env = { WIKIDUMP_CONFIG: join(directory, "variable.conf") };
    const file = join(directory, "named.conf");
    const keep = async (options: LoadOptions): Promise<number> => (await load(options)).forWiki().cleanup.keep;
    assert.equal(await keep({ scriptDir: directory }), 5);
    assert.equal(await keep({ scriptDir: directory, env }), 7);
    assert.equal(await keep({ scriptDir: directory, env, file }), 6);
    assert.equal(await keep({ scriptDir: directory, env, file: "" }), 7);
  });

  test("HOME of the environment is where .wikidump.conf is looked for", async () => {
    const directory = directoryWith({ ".wikidump.conf": KEEP(8) });
    const config = await loadConfig({ env: { HOME: directory }, systemFile: "/nowhere/wikidump.conf" });
    assert.equal(config.forWiki().cleanup.keep, 8);
  });

  test("a file that is named and missing is an error", async () => {
    const missing = {
      name: "ConfigError",
      code: "UNREADABLE",
      file: "/nowhere/x.conf",
      message: /\/nowhere\/x\.conf does not exist/,
    };
    await assert.rejects(load({ file: "/nowhere/x.conf" }), missing);
    await assert.rejects(load({ env: { WIKIDUMP_CONFIG: "/nowhere/x.conf" } }), missing);
    await assert.doesNotReject(load({ scriptDir: "/nowhere" }));
  });

  test("a directory in place of a file is an error with its cause", async () => {
    const directory = directoryWith({});
    await assert.rejects(load({ file: directory }), (error: ConfigError) => {
      assert.equal(error.code, "UNREADABLE");
      assert.equal((error.cause as Error).name, "SourceError");
      return true;
    });
  });

  test("a file that is named and also lies in a usual place is read once", async () => {
    const directory = directoryWith({ "etc.conf": KEEP(4) });
    const file = join(directory, "etc.conf");
    assert.deepEqual((await load({ file, systemFile: file })).files, [file]);
  });

  test("references reach into other files", async () => {
    const directory = directoryWith({
      "etc.conf": "[DEFAULT]\nroot=/srv\n",
      "named.conf": "[output]\npublic=%(root)s/public\n",
    });
    const config = await load({ file: join(directory, "named.conf"), systemFile: join(directory, "etc.conf") });
    assert.equal(config.forWiki().output.public, "/srv/public");
  });

  test("relative paths are seen from the directory of the file that has them", async () => {
    const directory = directoryWith({
      "a/etc.conf": "[wiki]\ndblist=all.dblist\nexport=../x/{wiki}/\n",
      "b/named.conf": "[wiki]\nskipdblist=skip, /abs/skip\n[tools]\nbzip2=bin/bzip2\ngzip=gzip\n",
    });
    const config = await load({ file: join(directory, "b/named.conf"), systemFile: join(directory, "a/etc.conf") });
    const { wiki, tools } = config.forWiki("tenwiki");
    assert.equal(wiki.dblist, join(directory, "a/all.dblist"));
    assert.deepEqual(wiki.skipdblist, [join(directory, "b/skip"), "/abs/skip"]);
    assert.equal(wiki.export, join(directory, "x/tenwiki"));
    assert.deepEqual([tools.bzip2, tools.gzip], [join(directory, "b/bin/bzip2"), "gzip"]);
  });
});

describe("the argument of --configfile", () => {
  const CASES: readonly (readonly [string, string, string | undefined])[] = [
    ["a.conf", "a.conf", undefined],
    ["/etc/a.conf:bigwikis", "/etc/a.conf", "bigwikis"],
    ["a:b:c", "a:b", "c"],
    ["a.conf:", "a.conf:", undefined],
    [":x", ":x", undefined],
    ["/srv/12:30/a.conf", "/srv/12:30/a.conf", undefined],
  ];
  for (const [argument, file, override] of CASES) {
    test(`${argument} is file ${file}, section ${override}`, () => {
      assert.deepEqual(splitConfigArgument(argument), { file, override });
    });
  }
});

describe("mistakes", () => {
  test("are reported with file, line, section and key, and what was probably meant", async () => {
    const error = await errorOf("[wiki]\n\ndblst = x\n");
    const { code, line, section, key, remedy } = error;
    assert.deepEqual({ code, line, section, key, remedy }, {
      code: "UNKNOWN_OPTION",
      line: 3,
      section: "wiki",
      key: "dblst",
      remedy: "Did you mean dblist?",
    });
    assert.match(error.message, /^Unknown key dblst in \[wiki\] \(\/.*w\.conf, line 3\)$/);
    assert.match(error.file, /w\.conf$/);
  });

  test("are reported all together, in the order of lines, the first as the error", async () => {
    const error = await errorOf(
      "[wiki]\nnonsense\n[cleanup]\nkeep=abc\n[ouput]\npublic=/x\n[tenwiki]\nstaleage=3\nkeep=%(x)s\n[output]\nfileperms=640\n",
    );
    assert.equal(error.code, "SYNTAX");
    assert.equal(error.line, 2);
    const lines = error.message.split("\n");
    assert.equal(lines[1], "5 more problems:");
    assert.match(
      lines[2]!,
      /^ {2}Value "abc" of keep in \[cleanup\] is not a whole number \(.*line 4\)\. Write digits/,
    );
    assert.match(lines[3]!, /Unknown section \[ouput\] \(.*line 6\)\. Did you mean \[output\]\?/);
    assert.match(
      lines[4]!,
      /Key staleage cannot be set for one wiki, as in \[tenwiki\] \(.*line 8\)\. Move it to \[reporting\]/,
    );
    assert.match(lines[5]!, /%\(x\)s refers to a key .* in keep = %\(x\)s of \[tenwiki\] \(.*line 9\)/);
    assert.match(lines[6]!, /Value "640" of fileperms in \[output\] is not an octal file mode \(.*line 11\)/);
    assert.equal(lines.length, 7);
  });

  test("in sections that nobody asks for are found as well", async () => {
    assert.equal((await errorOf("[neverwiki]\nkeep=-1\n")).code, "BAD_VALUE");
    assert.equal((await errorOf("[query]\nqueryfil=x\n")).code, "UNKNOWN_OPTION");
  });

  test("a key in the section of others is told where it belongs", async () => {
    const error = await errorOf("[output]\nkeep=3\n");
    assert.match(error.message, /^Key keep does not belong to \[output\]/);
    assert.equal(error.remedy, "Move it to [cleanup]");
  });

  test("the next key, indented by mistake, is not swallowed by a path", async () => {
    const error = await errorOf("[output]\npublic=/a\n private=/b\n");
    assert.equal(error.key, "public");
    assert.match(error.message, /goes on over several lines/);
    assert.match(error.remedy, /blanks in front/);
  });

  test("in [DEFAULT] are told once, for the section that inherits them", async () => {
    const error = await errorOf("[DEFAULT]\nkeep=x\n[awiki]\n[bwiki]\n");
    assert.equal(error.message.split("\n").length, 1);
    assert.equal(error.line, 2);
  });

  test("sections of wikis with names near to those of ours are fine", async () => {
    const config = await loadText(
      "[wiki]\nexport=/x\n[wiki2]\nkeep=1\n[misc1]\nkeep=2\n[tool]\nkeep=3\n[chunkswiki]\nkeep=4\n",
    );
    assert.deepEqual(config.ownSections, ["wiki2", "misc1", "tool", "chunkswiki"]);
    assert.equal(config.forWiki("wiki2").cleanup.keep, 1);
  });

  test("the letter case of a section counts, and a slip there is told", async () => {
    assert.match((await errorOf("[Output]\npublic=/x\n")).remedy, /Did you mean \[output\]\?/);
  });

  test("an override section that no file has is an error", async () => {
    const error = await errorOf("[wiki]\nexport=/x\n", { override: "bigwikis" });
    assert.deepEqual([error.code, error.section], ["MISSING", "bigwikis"]);
  });

  test("secrets do not show in messages and explanations, and are known to the helper", async () => {
    const config = await loadText("[database]\npassword=hunter2%%\n[tenwiki]\npassword=abc%d\n");
    assert.deepEqual(config.secrets, ["hunter2%%", "hunter2%", "abc%d"]);
    assert.doesNotMatch(JSON.stringify([config.warnings, config.explain("tenwiki")]), /hunter|abc%d/);
  });
});

describe("keys of the reference that have no effect", () => {
  test("are accepted with any value, and named in one warning per file", async () => {
    const config = await loadText(
      "[wiki]\nforcenormal=1\nhalt=%x\nbiglist=/a\nflaggedrevslist=/b\n[database]\nuser=root\npassword=a%b\n" +
        "[tools]\nhead=/usr/bin/head\n[reporting]\nskipprivatetables=1\n[tenwiki]\nrevsPerChunkHistory=many\ntestsleep=x\nuser=u\n",
    );
    assert.equal(config.warnings.length, 1);
    assert.match(
      config.warnings[0]!,
      /^Keys that have no effect any more, in .*w\.conf: .*\[wiki\] halt.*\[tenwiki\] user/,
    );
  });

  test("but that will have one are checked, and named when they are set to something else than the default", async () => {
    assert.deepEqual((await loadText("[chunks]\nlbzip2threads=0\n")).warnings, []);
    assert.match(
      (await loadText("[tenwiki]\nlbzip2threads=2\n")).warnings[0]!,
      /have no effect yet, in .*: \[tenwiki\] lbzip2threads$/,
    );
    assert.equal((await errorOf("[chunks]\nlbzip2threads=maybe\n")).code, "BAD_VALUE");
  });
});

test("the configuration of a real run of the reference means here what it means there", {
  skip: skipWithoutShared("reference/run/conf/wikidump.conf"),
}, async () => {
  const config = await load({ file: sharedPath("reference/run/conf/wikidump.conf") });
  const farm = config.forWiki();
  assert.equal(farm.wiki.dblist, "/srv/dumps/conf/all.dblist");
  assert.deepEqual(farm.wiki.skipdblist, ["/srv/dumps/conf/skip.dblist"]);
  assert.equal(farm.wiki.source, "mediawiki");
  assert.equal(farm.output.index, "backup-index.html");
  assert.equal(farm.output.perdumpindex, "index.html");
  assert.equal(farm.output.fileperms, 0o644);
  assert.equal(farm.output.webroot, "http://127.0.0.1/dumps");
  assert.equal(farm.reporting.adminmail, "");
  assert.equal(farm.otherformats.multistream, true);
  assert.equal(farm.database.max_allowed_packet, "32M");
  assert.equal(farm.tools.sevenzip, "/usr/bin/7za");
  assert.equal(farm.chunks.chunksEnabled, false);
  const { chunks, cleanup } = config.forWiki("elwikivoyage");
  assert.equal(cleanup.keep, 3);
  assert.equal(chunks.chunksEnabled, true);
  assert.deepEqual(chunks.pagesPerChunkHistory, [70, 90]);
  assert.equal(chunks.checkpointTime, 720);
  assert.equal(chunks.revsPerJob, 100);
  assert.equal(chunks.retryWait, 5);
  assert.equal(config.forWiki("tenwiki").chunks.retryWait, 30);
});
