/** A small farm in a directory of its own, for tests of what works on whole farms. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { loadConfig } from "../../lib/farm/config/load.ts";
import type { FarmConfig } from "../../lib/farm/config/farm-config.ts";
import { RunReporter } from "../../lib/farm/report/reporter.ts";
import type { RunStatus } from "../../lib/farm/report/run-status.ts";
import { reportSettingsOf } from "../../lib/farm/report-settings-of.ts";
import { makeWiki, runDirectory, type Wiki } from "../../lib/farm/wiki.ts";

export class TestFarm {
  readonly root: string;
  readonly configFile: string;

  constructor(context: TestContext, lists: { wikis: readonly string[]; privates?: readonly string[]; keys?: string }) {
    this.root = mkdtempSync(join(tmpdir(), "wikidump-farm-"));
    context.after(() => rmSync(this.root, { recursive: true, force: true }));
    this.configFile = this.write(
      "conf/farm.conf",
      [
        "[wiki]",
        `dblist=${this.write("conf/all.dblist", lists.wikis.join("\n"))}`,
        `privatelist=${this.write("conf/private.dblist", (lists.privates ?? []).join("\n"))}`,
        "[output]",
        `public=${this.path("public")}`,
        `private=${this.path("private")}`,
        `temp=${this.path("temp")}`,
        "webroot=https://dumps.example/d",
        "index=backup-index.html",
        lists.keys ?? "",
      ].join("\n"),
    );
    mkdirSync(this.path("public"));
    mkdirSync(this.path("private"));
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** Writes a file and gives its path. */
  write(path: string, content: string): string {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
    return this.path(path);
  }

  async config(): Promise<FarmConfig> {
    return await loadConfig({ file: this.configFile, home: "", env: {}, systemFile: "/nowhere/wikidump.conf" });
  }

  async wiki(name: string, isPrivate = false): Promise<Wiki> {
    return makeWiki(name, (await this.config()).forWiki(), { isPrivate, isClosed: false, hasFlow: false });
  }

  /** Writes the files of a run, as its worker would have. */
  async addRun(wiki: Wiki, status: RunStatus): Promise<string> {
    const directory = runDirectory(wiki, status.date);
    mkdirSync(directory, { recursive: true });
    const reporter = new RunReporter({ settings: reportSettingsOf(wiki.settings), runDirectory: directory });
    reporter.update({ ...status, wiki: wiki.name, isPrivate: wiki.isPrivate });
    await reporter.flush();
    return directory;
  }

  /** A lock of a worker on another machine, last touched some time ago. */
  addLock(wiki: Wiki, baseName: string, ageMs = 0): string {
    const path = this.write(`private/${wiki.name}/${baseName}`, "elsewhere 4711");
    const touched = (Date.now() - ageMs) / 1000;
    utimesSync(path, touched, touched);
    return path;
  }
}
