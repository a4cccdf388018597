/**
 * Every file, directory, program and server that a worker of this farm touches, as far as the configuration says: what a loop on Deno has
 * to allow its children. The address of a wiki's API is not among them, for only MediaWiki knows it.
 */
import { candidatePaths } from "./config/load.ts";
import type { LoadOptions } from "./config/load.ts";
import type { FarmConfig } from "./config/farm-config.ts";
import type { WikiSettings } from "./config/schema.ts";
import { parseServerAddress, SMTP_PORT } from "./config/server-address.ts";
import { SEVEN_ZIP_PROGRAMS } from "./process/seven-zip.ts";
import type { WikiLists } from "./wiki-lists.ts";

export interface NeededPaths {
  readonly paths: readonly string[];
  readonly programs: readonly string[];
  /** "host:port". */
  readonly hosts: readonly string[];
}

/** What the configuration names, for the farm and for each wiki. */
export function neededPaths(config: FarmConfig, lists: WikiLists, options: LoadOptions): NeededPaths {
  const all = [config.forWiki(), ...lists.wikis.map(({ name }) => config.forWiki(name))];
  return {
    paths: distinct([...candidatePaths(options), ...all.flatMap(pathsOf)]),
    programs: distinct(all.flatMap(programsOf)),
    hosts: distinct(all.map(({ reporting }) => mailServer(reporting.smtpserver))),
  };
}

function pathsOf({ wiki, output, tools }: WikiSettings): readonly string[] {
  return [
    ...[wiki.dblist, ...wiki.skipdblist, wiki.privatelist, wiki.closedlist, wiki.flowlist],
    ...[wiki.export, wiki.dir, wiki.multiversion, wiki.tablejobs, wiki.apijobs],
    ...[output.public, output.private, output.temp, output.templatedir],
    // Looked for before it is run.
    ...(tools.sevenzip.includes("/") ? [tools.sevenzip] : []),
  ];
}

function programsOf({ wiki, tools }: WikiSettings): readonly string[] {
  const isMediaWiki = wiki.source === "mediawiki";
  const sevenZip = tools.sevenzip === "" && isMediaWiki ? SEVEN_ZIP_PROGRAMS : [tools.sevenzip];
  return [tools.bzip2, tools.gzip, ...sevenZip, ...(isMediaWiki ? [tools.php, tools.mysql, tools.mysqldump] : [])];
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
