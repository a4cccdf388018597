/**
 * The bundles as an operator uses them: three files in a directory without node_modules, on Node, and on Deno with exactly the
 * lines of docs/deno.md.
 */
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { denoPath, skipWithoutDeno } from "../support/child.ts";
import { runProcess, type ScriptResult } from "../support/temporary-farm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PUBLIC_WIKIS = ["beewiki", "committeewiki", "elkatafygiawiki", "librarywiki", "lighthousewiki"];
const DUMPS = /-(?:pages-articles|pages-meta-current|pages-meta-history|pages-articles-multistream)\.xml\.bz2$/;

/** A host's /srv, below a temporary directory. */
class Host {
  readonly root: string = realpathSync(mkdtempSync(join(tmpdir(), "wikidump-host-")));

  constructor() {
    const home = this.path("srv/wikidump");
    mkdirSync(home, { recursive: true });
    mkdirSync(this.path("srv/dumps"));
    for (const script of ["worker", "monitor", "bzdump"]) {
      cpSync(join(ROOT, `dist/${script}.mjs`), join(home, `${script}.mjs`));
    }
    for (const name of ["exports", "lists"]) {
      cpSync(join(ROOT, "examples/farm", name), join(home, name), { recursive: true });
    }
    const config = readFileSync(join(ROOT, "examples/farm/wikidump.conf"), "utf8");
    writeFileSync(join(home, "wikidump.conf"), config.replaceAll("../../demo/", "../dumps/"));
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** Every published file: name to content. */
  published(pattern: RegExp): ReadonlyMap<string, Uint8Array> {
    const names = (readdirSync(this.path("srv/dumps/public"), { recursive: true }) as string[])
      .filter((name) => !name.includes("/latest/") && pattern.test(name)).sort();
    return new Map(names.map((name) => [basename(name), readFileSync(this.path("srv/dumps/public", name))]));
  }

  node(script: string, ...args: readonly string[]): Promise<ScriptResult> {
    return runProcess(process.execPath, [this.path("srv/wikidump", `${script}.mjs`), ...args], this.root);
  }

  /** Runs a line of docs/deno.md. */
  line(line: string): Promise<ScriptResult> {
    const path = `${dirname(denoPath()!)}:${process.env["PATH"] ?? ""}`;
    const own = line.replaceAll("/srv/", `${this.root}/srv/`);
    return runProcess("sh", [
      "-c",
      `PATH=${path} DENO_NO_UPDATE_CHECK=1 NO_COLOR=1; export PATH DENO_NO_UPDATE_CHECK NO_COLOR; ${own}`,
    ], this.root);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function assertGood(result: ScriptResult): void {
  assert.equal(result.status, 0, result.stderr || result.stdout);
}

/** What must be true after a farm was dumped, whatever ran it. */
function assertFarmIsDumped(host: Host): void {
  const shown = readdirSync(host.path("srv/dumps/public"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory()
  );
  assert.deepEqual(shown.map(({ name }) => name).sort(), PUBLIC_WIKIS);
  for (const wiki of PUBLIC_WIKIS) {
    const latest = readdirSync(host.path("srv/dumps/public", wiki, "latest"));
    assert.ok(latest.includes(`${wiki}-latest-pages-articles.xml.bz2`), `${wiki}: no links in latest/`);
  }
  assert.ok(existsSync(host.path("srv/dumps/private/staffwiki/latest")));
  const all = readdirSync(host.path("srv/dumps"), { recursive: true }) as string[];
  assert.deepEqual(all.filter((name) => /\.inprog|\/lock_|~\d/.test(name)), []);
  assert.equal(host.published(DUMPS).size, 4 * PUBLIC_WIKIS.length);
}

function titlesOf(xml: string): readonly string[] {
  return [...xml.matchAll(/<title>([^<]*)<\/title>/g)].map((match) => match[1]!);
}

/** The lines of docs/deno.md that begin with deno (or a loop around it) and name a bundle, but those for a farm with MediaWiki. */
function documentedLines(): readonly string[] {
  return readFileSync(join(ROOT, "docs/deno.md"), "utf8").split("\n").filter((line) =>
    /^(?:while )?deno run .*\/srv\/wikidump\/\w+\.mjs/.test(line) && !line.includes("mediawiki.conf")
  );
}

function documentedLine(...parts: readonly string[]): string {
  const found = documentedLines().filter((line) => parts.every((part) => line.includes(part)));
  assert.equal(found.length, 1, `docs/deno.md has ${found.length} lines with ${parts.join(" and ")}`);
  return found[0]!;
}

const config = "srv/wikidump/wikidump.conf";
let nodeHost: Host;

before(async () => {
  nodeHost = new Host();
  assertGood(
    await nodeHost.node(
      "worker",
      "--configfile",
      nodeHost.path(config),
      "--loop",
      "--onepass",
      "--cutoff",
      "today",
      "--sleep",
      "0",
    ),
  );
});
after(() => nodeHost.remove());

describe("bundles on Node, in a directory without node_modules", () => {
  test("the worker dumps all wikis that are due", () => assertFarmIsDumped(nodeHost));

  test("the worker has nothing to do afterwards, and says so with 255", async () => {
    const { status, stderr } = await nodeHost.node(
      "worker",
      "--configfile",
      nodeHost.path(config),
      "--cutoff",
      "today",
    );
    assert.equal(status, 255);
    assert.match(stderr, /No wiki to dump/);
  });

  test("the monitor lists the public wikis and no private one", async () => {
    assertGood(await nodeHost.node("monitor", "--configfile", nodeHost.path(config)));
    const page = readFileSync(nodeHost.path("srv/dumps/public/backup-index.html"), "utf8");
    for (const wiki of PUBLIC_WIKIS) assert.ok(page.includes(wiki), wiki);
    assert.ok(!page.includes("staffwiki") && !page.includes("sandboxwiki"));
  });

  test("bzdump checks every file, and takes pages out", async () => {
    const files = (readdirSync(nodeHost.path("srv/dumps/public"), { recursive: true }) as string[])
      .filter((name) => name.endsWith(".bz2") && !name.includes("/latest/")).map((name) =>
        nodeHost.path("srv/dumps/public", name)
      );
    assertGood(await nodeHost.node("bzdump", "test", ...files));
    const file = files.find((name) => /lighthousewiki-\d+-pages-articles-multistream\.xml\.bz2$/.test(name))!;
    const taken = await nodeHost.node("bzdump", "pages", file, "5-8");
    assertGood(taken);
    assert.ok(titlesOf(taken.stdout).length > 0);
  });

  for (const script of ["worker", "monitor", "bzdump"]) {
    test(`${script} --version and --help answer`, async () => {
      const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
      const told = await nodeHost.node(script, "--version");
      assert.ok(told.stdout.startsWith(`${script} ${version} (node `), told.stdout + told.stderr);
      assert.match((await nodeHost.node(script, "--help")).stdout, /^Usage: /);
    });
  }
});

describe("bundles on Deno, with the lines of docs/deno.md", { skip: skipWithoutDeno }, () => {
  let host: Host;
  before(() => host = new Host());
  after(() => host.remove());

  test("the worker's loop dumps all wikis, and their files are those that Node made", async () => {
    const result = await host.line(documentedLine("--loop"));
    assertGood(result);
    assert.doesNotMatch(result.stderr, /Cannot write|NotCapable/);
    assertFarmIsDumped(host);
    assert.deepEqual(host.published(DUMPS), nodeHost.published(DUMPS));
  });

  test("the monitor", async () => {
    assertGood(await host.line(documentedLine("monitor.mjs")));
    assert.ok(existsSync(host.path("srv/dumps/public/backup-index.html")));
  });

  test("bzdump takes out the pages that it takes out under Node", async () => {
    const onDeno = await host.line(documentedLine("bzdump.mjs"));
    assertGood(onDeno);
    const path = "srv/dumps/public/lighthousewiki/latest/lighthousewiki-latest-pages-articles-multistream.xml.bz2";
    assert.equal(onDeno.stdout, (await nodeHost.node("bzdump", "pages", nodeHost.path(path), "5-8")).stdout);
    assert.ok(titlesOf(onDeno.stdout).length > 0);
  });

  test("one wiki, without the right to run programs", async () => {
    const line = documentedLines().find((one) => one.endsWith(" committeewiki") && one.includes("--allow-write "))!;
    assert.ok(!line.includes("--allow-run"));
    const result = await host.line(line);
    assertGood(result);
    assert.doesNotMatch(result.stderr, /Cannot write|NotCapable/);
  });

  test("one wiki in a cage: all files, but no links", async () => {
    const cage = new Host();
    try {
      const line = documentedLines().find((one) =>
        one.endsWith(" committeewiki") && one.includes("--allow-write=/srv/dumps")
      )!;
      const result = await cage.line(line);
      assertGood(result);
      assert.match(result.stderr, /latest/);
      assert.equal(cage.published(DUMPS).size, 4);
    } finally {
      cage.remove();
    }
  });

  test("the loop in the shell ends when nothing is left to do", async () => {
    const result = await host.line(documentedLine("while "));
    assertGood(result);
    assert.match(result.stderr, /No wiki to dump/);
  });
});
