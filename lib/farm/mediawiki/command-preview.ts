/**
 * The command lines with which the content of a file would be made, for people who ask before they run it. Nothing is run but what finds out
 * where the database is. Passwords never stand in a command line.
 */
import { formatCommand } from "../process/command.ts";
import type { PreviewedFile } from "../source/source.ts";
import type { WikiDatabase } from "./database.ts";
import { phpScript, type PhpTools } from "./php-script.ts";
import { sliceName } from "../layout/scratch-names.ts";
import type { MediaWikiSite } from "./site.ts";
import { flowSlices, LOG_SLICES, sliceArguments, type SliceKind, STUB_SLICES } from "./slices/slice-kind.ts";

export interface PreviewSurroundings {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly php: PhpTools;
  readonly site: MediaWikiSite;
  readonly database: WikiDatabase;
  readonly temporaryDirectory: string;
}

const SLICED: Readonly<Record<string, SliceKind>> = {
  "stub-meta-history": STUB_SLICES,
  "pages-logging": LOG_SLICES,
  flow: flowSlices("current"),
  flowhistory: flowSlices("history"),
};

/** The lines; none for a file that is made from other files, or together with another one. */
export async function previewCommands(
  file: PreviewedFile,
  surroundings: PreviewSurroundings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { dumpName, type } = file;
  const { wiki, php, site, database } = surroundings;
  const kind = SLICED[dumpName];
  if (kind !== undefined) return [await sliceLine(kind, file, surroundings, signal)];
  if (type === "sql") return [formatCommand(await database.tableDumpCommand(dumpName, signal))];
  if (dumpName === "all-titles" || dumpName === "all-titles-in-ns0") {
    const { client, statement } = await database.titlesCommand(dumpName === "all-titles" ? "all" : "main", signal);
    return [`${formatCommand(client)} <<< ${JSON.stringify(statement.trim())}`];
  }
  if (type === "json") {
    const { canonicalServer, scriptPath } = await site.facts(signal);
    return [`GET ${canonicalServer}${scriptPath}/api.php?action=query&meta=siteinfo…`];
  }
  if (dumpName === "sitelist") return [formatCommand(await phpScript(php, wiki, "exportSites.php", ["php://stdout"]))];
  if (/^pages-(?:articles|meta-)/.test(dumpName)) {
    return [formatCommand(await phpScript(php, wiki, "fetchText.php", []))];
  }
  return [];
}

/** As if the slice were the only one. */
async function sliceLine(
  kind: SliceKind,
  { pages }: PreviewedFile,
  { wiki, date, php, database, temporaryDirectory }: PreviewSurroundings,
  signal: AbortSignal,
): Promise<string> {
  const { pageId, logId } = await database.maxIds(signal);
  const highest = kind === LOG_SLICES ? logId : pageId;
  const first = pages?.first ?? 1;
  // A part may begin after the last id.
  const ids = { first, last: Math.max(first - 1, Math.min(pages?.last ?? Infinity, highest)) };
  const paths = kind.outputs.map(({ name }) =>
    `${temporaryDirectory}/${sliceName({ wiki, date }, { kind: kind.name, output: name, ids })}`
  );
  const args = sliceArguments(kind, { ...ids, isFirst: true, isLast: true }, paths);
  return formatCommand(await phpScript(php, wiki, kind.script, args));
}
