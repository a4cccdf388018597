/** Dumps that MediaWiki's own scripts make, by hand as it were: what the worker's dumps are compared with. */
import { join } from "node:path";
import type { Stack } from "./stack.ts";

/** The files of a wiki. */
export interface HandMadeDump {
  readonly stubHistory: string;
  readonly stubCurrent: string;
  readonly stubArticles: string;
  readonly logs: string;
  /** `dumpTextPass.php` of each stub. */
  readonly history: string;
  readonly current: string;
  readonly articles: string;
}

/** Makes all of them in a directory that is there. */
export async function dumpByHand(stack: Stack, wiki: string, directory: string): Promise<HandMadeDump> {
  const file = (name: string) => join(directory, `${wiki}-${name}`);
  const dump: HandMadeDump = {
    stubHistory: file("stub-meta-history.xml.gz"),
    stubCurrent: file("stub-meta-current.xml.gz"),
    stubArticles: file("stub-articles.xml.gz"),
    logs: file("pages-logging.xml.gz"),
    history: file("pages-meta-history.xml.bz2"),
    current: file("pages-meta-current.xml.bz2"),
    articles: file("pages-articles.xml.bz2"),
  };
  await stack.maintenance(wiki, "dumpBackup.php", [
    "--full",
    "--stub",
    "--report=100000",
    `--output=gzip:${dump.stubHistory}`,
    `--output=gzip:${dump.stubCurrent}`,
    "--filter=latest",
    `--output=gzip:${dump.stubArticles}`,
    "--filter=latest",
    "--filter=notalk",
    "--filter=namespace:!NS_USER",
  ]);
  await stack.maintenance(wiki, "dumpBackup.php", ["--logs", `--output=gzip:${dump.logs}`]);
  const pairs = [
    [dump.stubHistory, dump.history, "--full"],
    [dump.stubCurrent, dump.current, "--current"],
    [dump.stubArticles, dump.articles, "--current"],
  ] as const;
  for (const [stub, output, mode] of pairs) {
    const args = [mode, `--stub=gzip:${stub}`, "--report=100000", `--output=bzip2:${output}`];
    await stack.maintenance(wiki, "dumpTextPass.php", args, { timeoutMs: 900_000 });
  }
  return dump;
}
