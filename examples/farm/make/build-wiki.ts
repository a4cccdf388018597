/** Fills one empty wiki: settings, accounts, imports, then what people do on a wiki besides writing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { importXml } from "./import-xml.ts";
import type { Stack } from "./stack.ts";
import { draftsOf, type LiveEdit, type WikiPlan } from "./wikis.ts";

/** The moment of the first thing that MediaWiki does by itself. Its real clock would make each farm differ from the last one. */
const LIVE_EPOCH = "2026-10-01 09:00:00";

/** Fills a wiki. `workDirectory` gets the XML that was imported. */
export function buildWiki(stack: Stack, wiki: WikiPlan, workDirectory: string): void {
  const drafts = draftsOf(wiki);
  const started = stack.sql(wiki.name, "select date_format(utc_timestamp(), '%Y%m%d%H%i%s')").trim();
  stack.addSettings(wiki.name, wiki.settings);
  stack.addSettings(wiki.name, PUBLIC_ADDRESS);
  // The page that the installer makes is not our text. Deleting it also leaves the ids 1 unused, as on most wikis.
  remove(stack, wiki.name, stack.sql(wiki.name, "select page_title from page"));
  for (const user of wiki.users) {
    stack.maintenance(wiki.name, "createAndPromote.php", [user, `Pass of ${user} 1234567`]);
  }
  mkdirSync(workDirectory, { recursive: true });
  for (const round of ["first", "late"] as const) {
    const file = `${workDirectory}/${wiki.name}-${round}.xml`;
    writeFileSync(file, importXml(drafts, wiki.language, round));
    stack.maintenance(wiki.name, "importDump.php", [file]);
  }
  if (wiki.lateSettings !== "") stack.addSettings(wiki.name, wiki.lateSettings);
  for (const edit of wiki.edits) append(stack, wiki.name, edit);
  move(stack, wiki);
  for (const title of wiki.protections) {
    stack.maintenance(wiki.name, "protect.php", [
      "--semiprotect",
      "-u",
      "Admin",
      "-r",
      "read often, changed seldom",
      title,
    ]);
  }
  remove(stack, wiki.name, wiki.deletions.join("\n"));
  hide(stack, wiki);
  setClock(stack, wiki.name, started);
  stack.maintenance(wiki.name, "runJobs.php", []);
  stack.maintenance(wiki.name, "initSiteStats.php", ["--update"]);
}

/** While the exports are made, the wikis call themselves by addresses on example.org; else the API server's address holds. */
const PUBLIC_ADDRESS = `if ( getenv( 'FARM_ADDRESS' ) ) {
	$wgExtensionFunctions[] = static function () {
		$GLOBALS['wgServer'] = $GLOBALS['wgCanonicalServer'] = getenv( 'FARM_ADDRESS' );
	};
}`;

function append(stack: Stack, wiki: string, edit: LiveEdit): void {
  const flags = edit.flags ?? [];
  let old = "";
  if (!flags.includes("--slot")) {
    try {
      old = stack.maintenance(wiki, "getText.php", [edit.title]);
    } catch {
      // The page is new: getText.php ends with an error then, and there is nothing to add to.
    }
  }
  const input = old === "" ? edit.text : `${old.trimEnd()}\n\n${edit.text}`;
  stack.maintenance(wiki, "edit.php", ["-u", edit.user, "-s", edit.comment, ...flags, edit.title], { input });
}

function move(stack: Stack, wiki: WikiPlan): void {
  if (wiki.moves.length === 0) return;
  const input = wiki.moves.map((pair) => pair.join("|")).join("\n");
  stack.maintenance(wiki.name, "moveBatch.php", ["-u", "Admin", "-r", 'a better <name> & "title"'], { input });
}

function remove(stack: Stack, wiki: string, titles: string): void {
  stack.maintenance(wiki, "deleteBatch.php", ["-u", "Admin", "-r", "not needed"], { input: titles });
}

function hide(stack: Stack, wiki: WikiPlan): void {
  for (const draft of draftsOf(wiki).flatMap((page) => page.revisions)) {
    if (draft.hidden === 0) continue;
    const stamp = draft.time.replace(/\D/g, "");
    const changed = stack.sql(
      wiki.name,
      `update revision set rev_deleted=${draft.hidden} where rev_timestamp='${stamp}'; select row_count()`,
    ).trim();
    if (changed !== "1") {
      throw new Error(`${wiki.name}: ${changed} revisions of ${draft.time} were hidden, expected one`);
    }
  }
}

/** Gives revisions that MediaWiki made during this run fixed times, seven minutes apart, so that the next run gives the same export. */
function setClock(stack: Stack, wiki: string, started: string): void {
  stack.sql(
    wiki,
    `update revision join (select rev_id, row_number() over (order by rev_id) as place from revision where rev_timestamp >= '${started}') as live
      using (rev_id) set rev_timestamp = date_format('${LIVE_EPOCH}' + interval place * 7 minute, '%Y%m%d%H%i%s')`,
  );
}
