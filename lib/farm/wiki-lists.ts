/**
 * Which wikis the farm has: `dblist` without those of `skipdblist`, each marked as private, as closed, as having Flow by the lists of those.
 *
 * One name per line; blank lines and lines that start with # do not count. A list that is configured but not there is an
 * error. Differs from dumps (Python): there, a missing list of private wikis counts as empty, and publishes them all.
 */

import { ConfigError, SourceError } from "../errors.ts";
import { readSmallFile } from "../host/small-file.ts";

/** The keys of `[wiki]` that name lists; "" for a key that is not set. */
export interface WikiListSettings {
  readonly wiki: {
    readonly dblist: string;
    readonly skipdblist: readonly string[];
    readonly privatelist: string;
    readonly closedlist: string;
    readonly flowlist: string;
  };
}

/** A wiki of the farm, as the lists have it. */
export interface ListedWiki {
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isClosed: boolean;
  /** It has boards of the extension Flow. */
  readonly hasFlow: boolean;
}

export interface WikiLists {
  /** In the order of `dblist`, each once. */
  readonly wikis: readonly ListedWiki[];
  /** Lines that are no name of a wiki; one sentence each. They were left out. */
  readonly problems: readonly string[];
}

/**
 * Reads the lists.
 *
 * @throws {SourceError} NOT_FOUND or READ, for a list that is configured and cannot be read
 * @throws {ConfigError} MISSING, if `dblist` is not set
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { readWikiLists } from "wikidump/node";
 *
 * const directory = await mkdtemp(join(tmpdir(), "example-"));
 * await writeFile(join(directory, "all.dblist"), "# our wikis\ntewiki\nenwiki\n");
 * await writeFile(join(directory, "private.dblist"), "enwiki\n");
 * const { wikis } = await readWikiLists({
 *   wiki: {
 *     dblist: join(directory, "all.dblist"),
 *     skipdblist: [],
 *     privatelist: join(directory, "private.dblist"),
 *     closedlist: "",
 *     flowlist: "",
 *   },
 * });
 * assert.deepEqual(wikis.map((wiki) => [wiki.name, wiki.isPrivate]), [["tewiki", false], ["enwiki", true]]);
 * ```
 */
export async function readWikiLists(settings: WikiListSettings): Promise<WikiLists> {
  const { dblist, skipdblist, privatelist, closedlist, flowlist } = settings.wiki;
  if (dblist === "") throw noList();
  const problems: string[] = [];
  const names = await readNames(dblist, problems);
  const skipped = new Set<string>();
  for (const path of skipdblist) for (const name of await readNames(path, problems)) skipped.add(name);
  const privates = new Set(privatelist === "" ? [] : await readNames(privatelist, problems));
  const closed = new Set(closedlist === "" ? [] : await readNames(closedlist, problems));
  const withFlow = new Set(flowlist === "" ? [] : await readNames(flowlist, problems));
  const wikis = names
    .filter((name) => !skipped.has(name))
    .map((name) => ({ name, isPrivate: privates.has(name), isClosed: closed.has(name), hasFlow: withFlow.has(name) }));
  return { wikis, problems };
}

/** A name goes into paths and file names: no "/", no "-" (it ends the wiki's name in the name of a file), no leading dot. */
function isWikiName(text: string): boolean {
  return /^[^-./\s][^-/\s]*$/.test(text) && !/\p{Control}/u.test(text);
}

async function readNames(path: string, problems: string[]): Promise<string[]> {
  const text = await readSmallFile(path);
  if (text === undefined) throw missingList(path);
  const names = new Set<string>();
  for (const [index, line] of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/).entries()) {
    const name = line.trim();
    if (name === "" || name.startsWith("#")) continue;
    if (isWikiName(name)) names.add(name);
    else problems.push(`Line ${index + 1} of ${path} is no name of a wiki: "${name}"`);
  }
  return [...names];
}

function missingList(path: string): SourceError {
  return new SourceError("NOT_FOUND", `The list of wikis ${path} does not exist`, path, {
    remedy: "Correct the path in section [wiki] of the configuration, or make the file (an empty one will do)",
  });
}

function noList(): ConfigError {
  const place = { file: "", section: "wiki", key: "dblist" };
  return new ConfigError("MISSING", "No list of wikis is configured: dblist in section [wiki] is not set", place, {
    remedy: "Set dblist to a file with the names of all wikis, one per line",
  });
}
