/**
 * Every file, directory, program and server that a worker of this farm touches: what a loop on Deno has to allow its children.
 */
import { candidatePaths } from "./config/load.ts";
import type { LoadOptions } from "./config/load.ts";
import type { FarmConfig } from "./config/farm-config.ts";
import { parseServerAddress, SMTP_PORT } from "./config/server-address.ts";
import type { WikiLists } from "./wiki-lists.ts";

export interface NeededPaths {
  readonly paths: readonly string[];
  readonly programs: readonly string[];
  /** As `host:port`. */
  readonly hosts: readonly string[];
}

/** What the configuration names, for the farm and for each wiki. */
export function neededPaths(config: FarmConfig, lists: WikiLists, options: LoadOptions): NeededPaths {
  const all = [config.forWiki(), ...lists.wikis.map(({ name }) => config.forWiki(name))];
  const paths = all.flatMap(({ wiki, output }) => [
    ...[wiki.dblist, ...wiki.skipdblist, wiki.privatelist, wiki.closedlist, wiki.export],
    ...[output.public, output.private, output.temp, output.templatedir],
  ]);
  const programs = all.flatMap(({ tools }) => [tools.bzip2, tools.gzip]);
  return {
    paths: distinct([...candidatePaths(options), ...paths]),
    programs: distinct(programs),
    hosts: distinct(all.map(({ reporting }) => mailServer(reporting.smtpserver))),
  };
}

function mailServer(text: string): string {
  const server = parseServerAddress(text);
  if (server === undefined) return "";
  const host = server.host.includes(":") ? `[${server.host}]` : server.host;
  return `${host}:${server.port ?? SMTP_PORT}`;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== "");
}
