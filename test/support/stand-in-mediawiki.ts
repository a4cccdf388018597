/**
 * Programs that behave like php with MediaWiki's scripts, mysql and mysqldump when something is wrong, as transcripts of the real
 * ones have it; for failures that a real installation cannot be made to have. test/stack/ has the real thing.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { WikiDatabase } from "../../lib/farm/mediawiki/database.ts";
import type { PhpTools } from "../../lib/farm/mediawiki/php-script.ts";
import { MediaWikiSite } from "../../lib/farm/mediawiki/site.ts";
import { scratchDirectory } from "./scratch.ts";

const NODE = "bun" in process.versions || "deno" in process.versions ? "node" : process.execPath;
const SCRIPTS = ["dumpBackup", "getReplicaServer", "getConfiguration"] as const;

export interface Answer {
  /** What the statement, or the arguments of mysqldump, must have in it. */
  readonly pattern: string;
  readonly output: string;
  readonly exitCode?: number;
  readonly message?: string;
  readonly sleepMs?: number;
}

/** Highest ids of the tiny wiki: 12 pages, 24 revisions, 9 log items. */
const MAX_IDS: Answer = { pattern: "max\\(page_id\\)", output: "a\tb\tc\n12\t129\t9\n" };

export class StandInMediaWiki {
  readonly home: string = scratchDirectory("stand-in");
  readonly temporaryDirectory: string = scratchDirectory("slices");
  readonly php: PhpTools;

  constructor() {
    const program = (name: string): string =>
      fileURLToPath(new URL(`./fixtures/mediawiki/${name}.mjs`, import.meta.url));
    mkdirSync(join(this.home, "maintenance"));
    for (const script of SCRIPTS) {
      this.#write(`maintenance/${script}.php`, `import(${JSON.stringify(program("script"))});\n`);
    }
    for (const client of ["mysql", "mysqldump"]) {
      this.#write(
        client,
        `#!${NODE === "node" ? "/usr/bin/env node" : NODE}\nimport(${JSON.stringify(program("client"))});\n`,
      );
      chmodSync(join(this.home, client), 0o755);
    }
    this.php = { php: NODE, directory: this.home, multiversion: "" };
    this.behave("dumpBackup", "good");
    this.behave("getReplicaServer", "127.0.0.1:33306\\n");
    this.behave(
      "getConfiguration",
      '{"wgCanonicalServer":"http://127.0.0.1:1","wgDBprefix":"x_","wgScriptPath":"/w"}\\n',
    );
    this.answer();
  }

  /** What a script does at its first call, its second one …; the last counts for all that follow. */
  behave(script: typeof SCRIPTS[number], ...behaviours: readonly string[]): void {
    this.#write(`behaviour-${script}`, behaviours.join("\n"));
  }

  /** Answers of mysql and mysqldump, beside that to the question for the highest ids. */
  answer(...answers: readonly Answer[]): void {
    this.#write("answers", JSON.stringify([...answers, MAX_IDS]));
  }

  /** Arguments of each call of a script so far. */
  calls(script: typeof SCRIPTS[number]): readonly (readonly string[])[] {
    return this.#lines(`calls-${script}`) as string[][];
  }

  /** Arguments and statement of each call of a client so far. */
  queries(): readonly { readonly args: readonly string[]; readonly asked: string }[] {
    return this.#lines("queries") as { args: string[]; asked: string }[];
  }

  site(): MediaWikiSite {
    return new MediaWikiSite({ wiki: "tinywiki", php: this.php, retries: 2, pauseMs: 5 });
  }

  database(site: MediaWikiSite = this.site()): WikiDatabase {
    const client = (name: string): string => join(this.home, name);
    const tools = {
      mysql: client("mysql"),
      mysqldump: client("mysqldump"),
      optionFile: "/etc/client.cnf",
      maxAllowedPacket: "32M",
    };
    return new WikiDatabase({ site, tools, retries: 2, pauseMs: 5 });
  }

  #lines(name: string): readonly unknown[] {
    const path = join(this.home, name);
    if (!existsSync(path)) return [];
    // A line that is being written is not there yet.
    return readFileSync(path, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.home, name), text);
  }
}
