/** A dump host for a running MediaWiki: the worker's bundle, a configuration and empty trees, in a directory of its own. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { runProcess, type ScriptResult } from "../support/temporary-farm.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { plainBytes } from "./dump-items.ts";
import type { StackSettings } from "./stack-settings.ts";

const BUNDLE = fileURLToPath(new URL("../../dist/worker.mjs", import.meta.url));

export class WorkerHost {
  readonly root: string = scratchDirectory("host");

  /** `keys`: more lines of the configuration, of any section. */
  constructor(stack: StackSettings, keys = "") {
    mkdirSync(this.path("wikidump"));
    for (const tree of ["public", "private", "temp"]) mkdirSync(this.path("dumps", tree), { recursive: true });
    copyFileSync(BUNDLE, this.path("wikidump/worker.mjs"));
    writeFileSync(this.path("wikidump/all.dblist"), stack.wikis.join("\n"));
    writeFileSync(this.path("wikidump/private.dblist"), stack.privateWikis.join("\n"));
    writeFileSync(this.configFile, configuration(stack, keys));
  }

  get configFile(): string {
    return this.path("wikidump/mediawiki.conf");
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** Runs the worker's bundle under this Node. */
  worker(...args: readonly string[]): Promise<ScriptResult> {
    const words = [this.path("wikidump/worker.mjs"), "--configfile", this.configFile, ...args];
    return runProcess(process.execPath, words, this.root);
  }

  /** Runs a line of the shell in which `/srv/wikidump` and `/srv/dumps` are this host's. */
  line(line: string): Promise<ScriptResult> {
    const own = line.replaceAll(/\/srv\/(?=wikidump|dumps)/g, `${this.root}/`);
    return runProcess(
      "sh",
      ["-c", `DENO_NO_UPDATE_CHECK=1 NO_COLOR=1; export DENO_NO_UPDATE_CHECK NO_COLOR; ${own}`],
      "/",
    );
  }

  /** The dump files of a run: name to a digest of what is in it, unpacked, without the words that say when it was made. */
  async contents(tree: "public" | "private", wiki: string, date: string): Promise<ReadonlyMap<string, string>> {
    const directory = this.path("dumps", tree, wiki, date);
    const digests = new Map<string, string>();
    for (const name of readdirSync(directory).filter((one) => /\.(?:gz|bz2|7z)$/.test(one)).sort()) {
      digests.set(name, await digestOf(join(directory, name)));
    }
    return digests;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha1");
  if (!/\.(?:sql|json)\.gz$/.test(path)) {
    for await (const chunk of plainBytes(path)) hash.update(chunk);
    return hash.digest("hex");
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of plainBytes(path)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("latin1");
  return hash.update(text.replace(/^-- Dump completed on .*$/m, "").replace(/"time":"[^"]*"/, "")).digest("hex");
}

function configuration(stack: StackSettings, keys: string): string {
  return [
    "[wiki]",
    "dblist=all.dblist",
    "privatelist=private.dblist",
    `dir=${stack.directory}`,
    "[output]",
    "public=../dumps/public",
    "private=../dumps/private",
    "temp=../dumps/temp",
    "[reporting]",
    "adminmail=nomail",
    "[database]",
    `client_config_file=${stack.optionFile}`,
    "max_allowed_packet=32M",
    "[tools]",
    "php=/usr/bin/php",
    "mysql=/usr/bin/mysql",
    "mysqldump=/usr/bin/mysqldump",
    "sevenzip=/usr/bin/7za",
    keys,
    "",
  ].join("\n");
}
