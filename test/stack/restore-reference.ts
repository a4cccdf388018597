/**
 * Makes a wiki of the reference's tree again: from the XML that was imported there, with the deletions, moves, protections and edits
 * that the reference's own dumps tell of, and with their times. Page, revision, text, user and log ids come out the same, and so do
 * all texts: a dump of it equals the reference's but for what MADE_AGAIN (tolerated.ts) tolerates.
 *
 * Two tables have what cannot come out the same: random numbers and the clock (page_random, page_touched, page_links_updated,
 * cl_timestamp). They are taken from the reference's SQL dumps, after everything else; the other tables are as MediaWiki made them.
 * What cannot agree: the port in `<base>` and in the site's information; tables that no dump has (recentchanges, the hash of a
 * password); ss_active_users, which counts from the day on which it is counted.
 */
import { sharedPath } from "../support/shared.ts";
import { act, type Activity } from "./activity.ts";
import { dumpItems, type XmlElement } from "./dump-items.ts";
import { importExport } from "./farm-wikis.ts";
import { runProgram, tryProgram } from "./run-program.ts";
import type { Stack, WikiSpec } from "./stack.ts";

/** A wiki of the reference's tree. */
export type ReferenceWiki = "tenwiki" | "elwikivoyage" | "privwiki";

interface Origin {
  readonly siteName: string;
  readonly language: string;
  readonly importFile: string;
  readonly directory: "public" | "private";
}

const ORIGINS: Readonly<Record<ReferenceWiki, Origin>> = {
  tenwiki: { siteName: "Ten Wiki", language: "en", importFile: "ten.xml.gz", directory: "public" },
  elwikivoyage: { siteName: "El Voyage", language: "el", importFile: "elwv.xml.gz", directory: "public" },
  privwiki: { siteName: "Private Wiki", language: "en", importFile: "priv.xml.gz", directory: "private" },
};

const DATE = "20261122";

/** The directory of a wiki in the reference's tree, with its runs and `latest`. */
export function referenceDirectory(wiki: ReferenceWiki): string {
  return shared("run", ORIGINS[wiki].directory, wiki);
}

/** Makes the wiki, unless it is there. */
export async function restoreReference(stack: Stack, wiki: ReferenceWiki): Promise<void> {
  const origin = ORIGINS[wiki];
  const spec: WikiSpec = {
    name: wiki,
    siteName: origin.siteName,
    language: origin.language,
    isPrivate: origin.directory === "private",
    fill: () => fill(stack, wiki, origin),
  };
  await stack.addWiki(spec);
}

async function fill(stack: Stack, wiki: ReferenceWiki, origin: Origin): Promise<void> {
  const record = await readRecord(wiki, origin);
  await importExport(stack, wiki, shared("run", "import", origin.importFile));
  await stack.maintenance(wiki, "rebuildrecentchanges.php", []);
  await stack.maintenance(wiki, "refreshLinks.php", []);
  await stack.maintenance(wiki, "initSiteStats.php", ["--update"]);
  await act(stack, wiki, record.activity);
  const times = [
    ...record.revisionTimes.map(([id, time]) => `update revision set rev_timestamp='${time}' where rev_id=${id};`),
    ...record.logTimes.map(([id, time]) => `update logging set log_timestamp='${time}' where log_id=${id};`),
    ...record.hiddenRevisions.map(([id, bits]) => `update revision set rev_deleted=${bits} where rev_id=${id};`),
  ];
  await stack.sql(wiki, `begin; ${times.join("\n")} commit`);
  for (const table of ["page", "categorylinks"]) await loadTable(stack, wiki, table);
}

/** Puts a table in place of the wiki's. */
async function loadTable(stack: Stack, wiki: ReferenceWiki, table: string): Promise<void> {
  const dump = `${referenceDirectory(wiki)}/${DATE}/${wiki}-${DATE}-${table}.sql.gz`;
  const { status, stderr, stdout } = await tryProgram("gzip", ["-dc", dump]);
  if (status !== 0) throw new Error(`gzip could not unpack ${dump}: ${stderr}`);
  await stack.sql(wiki, `create table ${table}_made select * from ${table}`);
  await runProgram("mysql", stack.database.rootArgs(wiki), { input: stdout });
  // What is not clock or chance must have come out the same.
  const columns = AGREEING[table] ?? [];
  const other = await stack.sql(
    wiki,
    `select count(*) from ${table}_made left join ${table} using (${columns.join(", ")}) where ${table}.${
      columns[0]
    } is null; ` +
      `select abs((select count(*) from ${table}_made) - (select count(*) from ${table})); drop table ${table}_made`,
  );
  if (other.trim() !== "0\n0") throw new Error(`${wiki}: ${table} came out differently: ${other}`);
}

const AGREEING: Readonly<Record<string, readonly string[]>> = {
  page: ["page_id", "page_namespace", "page_title", "page_is_redirect", "page_is_new", "page_latest", "page_len"],
  categorylinks: ["cl_from", "cl_to", "cl_sortkey", "cl_sortkey_prefix", "cl_collation", "cl_type"],
};

type IdAnd<T> = readonly [id: string, value: T];

/** What the reference's dumps tell of what was done to a wiki. */
interface WikiRecord {
  readonly activity: Activity;
  readonly revisionTimes: readonly IdAnd<string>[];
  readonly logTimes: readonly IdAnd<string>[];
  readonly hiddenRevisions: readonly IdAnd<number>[];
}

async function readRecord(wiki: ReferenceWiki, origin: Origin): Promise<WikiRecord> {
  const file = (name: string) => `${referenceDirectory(wiki)}/${DATE}/${wiki}-${DATE}-${name}`;
  const pages = await elements(file("pages-meta-history.xml.bz2"));
  const logs = await elements(file("pages-logging.xml.gz"));
  const imported = await elements(shared("run", "import", origin.importFile));
  const revisions = pages.flatMap((page) =>
    page.children.filter(({ name }) => name === "revision").map((revision) => ({ page, revision }))
  );
  const edits = revisions.filter(({ revision }) => value(revision, "contributor", "username") === "DumpBot")
    .sort((one, other) => Number(value(one.revision, "id")) - Number(value(other.revision, "id")))
    .map(({ page, revision }) => ({
      title: value(page, "title"),
      user: "DumpBot",
      comment: value(revision, "comment"),
      text: value(revision, "text"),
      isWholeText: true,
    }));
  const titles = new Set(pages.map((page) => value(page, "title")));
  const ofType = (type: string) => logs.filter((item) => value(item, "type") === type);
  return {
    activity: {
      deletions: deletions(ofType("delete"), imported, titles),
      deletionReason: "test deletion",
      moves: ofType("move").map((item) => [value(item, "logtitle"), moveTarget(value(item, "params"))]),
      moveReason: 'test <move> & "quotes"',
      protections: ofType("protect").map((item) => value(item, "logtitle")),
      protectionReason: "test protection",
      bots: ["DumpBot"],
      edits,
      hiddenLogEntries: logs.map((item) => ({ id: Number(value(item, "id")), bits: hiddenBits(item) }))
        .filter(({ bits }) => bits !== 0),
    },
    revisionTimes: revisions.map(({ revision }) => [value(revision, "id"), digits(value(revision, "timestamp"))]),
    logTimes: logs.map((item) => [value(item, "id"), digits(value(item, "timestamp"))]),
    hiddenRevisions: revisions.map(({ revision }) => [value(revision, "id"), hiddenBits(revision)] as const)
      .filter(([, bits]) => bits !== 0),
  };
}

async function elements(path: string): Promise<readonly XmlElement[]> {
  const all: XmlElement[] = [];
  for await (const item of dumpItems(path)) if (item.kind !== "header") all.push(item.element);
  return all;
}

/** In the order of the log. A hidden entry has no title: it is the imported article that is gone and that no other entry names. */
function deletions(
  logs: readonly XmlElement[],
  imported: readonly XmlElement[],
  titles: ReadonlySet<string>,
): readonly string[] {
  const named = logs.map((item) => value(item, "logtitle"));
  const gone = imported.filter((page) => value(page, "ns") === "0").map((page) => value(page, "title"))
    .filter((title) => !titles.has(title) && !named.includes(title));
  return named.map((title) => {
    if (title !== "") return title;
    const [only, ...more] = gone;
    if (only === undefined || more.length > 0) throw new Error(`A hidden deletion may be any of ${gone.join(", ")}`);
    return only;
  });
}

function moveTarget(params: string): string {
  const target = /"4::target";s:\d+:"([^"]*)"/.exec(params)?.[1];
  if (target === undefined) throw new Error(`A move without a target: ${params}`);
  return target;
}

/** The bits of rev_deleted or log_deleted that make a dump look like this. */
function hiddenBits(element: XmlElement): number {
  const isHidden = (name: string) =>
    element.children.find((candidate) => candidate.name === name)?.attributes["deleted"] === "deleted";
  return Number(isHidden("text")) + 2 * Number(isHidden("comment")) + 4 * Number(isHidden("contributor"));
}

/** Text of the element at a path; empty when there is none. */
function value(element: XmlElement, ...path: readonly string[]): string {
  let at: XmlElement | undefined = element;
  for (const name of path) at = at?.children.find((candidate) => candidate.name === name);
  return at?.text ?? "";
}

function digits(timestamp: string): string {
  return timestamp.replaceAll(/\D/g, "");
}

function shared(...parts: readonly string[]): string {
  const path = sharedPath("reference", ...parts);
  if (path === undefined) throw new Error(`The shared material has no ${parts.join("/")} (WIKIDUMP_SHARED)`);
  return path;
}
