/**
 * The wikis of the stack's own farm, filled with the exports of examples/farm: a plain one, one that is to be dumped in parts,
 * one with a table prefix, a private one.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { act, type Activity, makeUsers } from "./activity.ts";
import { tryProgram } from "./run-program.ts";
import type { Stack, WikiSpec } from "./stack.ts";

const EXPORTS = fileURLToPath(new URL("../../examples/farm/exports/", import.meta.url));

/** The wiki without anything special. */
export const PLAIN_WIKI: WikiSpec = {
  name: "beewiki",
  siteName: "Heather & Comb",
  settings: "$wgMetaNamespace = 'Heather_&_Comb';",
  fill: filling({
    users: ["Agnes Pell", "Old Marrack"],
    deletions: ["Robbing", "Ling", "Note: \"swarm\" isn't 'attack' & other words"],
    moves: [["Smoke", "Smoke & fire"], ["Stings", "Stings (moved)"]],
    protections: ["Heather moor"],
    edits: [
      { title: "Smoke & fire", user: "Agnes Pell", comment: 'dry <bracken> & "peat"', text: "\n\nPeat is too slow." },
      { title: "Heather moor", user: "Noor", comment: "", text: "\n\nStones & heather: 🐝.", flags: ["--minor"] },
    ],
    hiddenRevisions: [{ title: "Apiary_log", place: 3, bits: 1 }, { title: "Apiary_log", place: 5, bits: 7 }],
  }),
};

/** The wiki that has enough pages for parts and page ranges, and one text of over 1 MB. */
export const PARTS_WIKI: WikiSpec = {
  name: "lighthousewiki",
  siteName: "Lighthouse Atlas",
  settings: "$wgExtraNamespaces = [ 100 => 'Chart', 101 => 'Chart_talk' ];",
  fill: filling({
    users: ["Hedda Lund", "Dov"],
    deletions: ["Chart talk:Cold Bay"],
    moves: [["Extinguished lights", "Lights that are out"]],
    protections: ["Template:Light"],
    edits: [{ title: "Chart:Cold Bay", user: "Dov", comment: "sheet 8", text: "\n\nSheet 8 was found." }],
  }),
};

/** The wiki with a table prefix; in Greek, with other scripts. */
export const PREFIX_WIKI: WikiSpec = {
  name: "elkatafygiawiki",
  siteName: "Ορεινά Καταφύγια",
  language: "el",
  tablePrefix: "kat_",
  settings: "$wgExtraNamespaces = [ 100 => 'Πύλη', 101 => 'Συζήτηση_πύλης' ];",
  fill: filling({
    users: ["Ελπίδα", "يوسف الحداد"],
    deletions: ["Όταν πέσει ομίχλη"],
    moves: [["Η σόμπα & το ξύλο", "Σόμπα και ξύλο"]],
    protections: ["Κανόνες του καταφυγίου"],
    edits: [{ title: "Πύλη:Δυτικά βουνά", user: "Ελπίδα", comment: "καμπάνα 🔔", text: "\n\nΚαι το βράδυ." }],
  }),
};

/** The private wiki; one page has a second slot. */
export const PRIVATE_WIKI: WikiSpec = {
  name: "staffwiki",
  siteName: "Thornholm staff",
  isPrivate: true,
  settings: `$wgCapitalLinks = false;
$wgHooks['MediaWikiServices'][] = static function ( $services ) {
	$services->addServiceManipulator( 'SlotRoleRegistry', static function ( $registry ) {
		$registry->defineRoleWithModel( 'aside', CONTENT_MODEL_WIKITEXT );
	} );
};`,
  fill: filling({
    users: ["Junia"],
    deletions: ["rota"],
    protections: ["Rota"],
    edits: [{ title: "Handover", user: "Junia", comment: "a note", text: "Not for all.", flags: ["--slot", "aside"] }],
  }),
};

/** All of them. */
export const FARM_WIKIS: readonly WikiSpec[] = [PARTS_WIKI, PLAIN_WIKI, PREFIX_WIKI, PRIVATE_WIKI];

/** Makes the wikis of the farm that are not there, two at a time. */
export async function makeFarm(stack: Stack): Promise<void> {
  const rest = [...FARM_WIKIS];
  const makeSome = async () => {
    for (let spec = rest.shift(); spec !== undefined; spec = rest.shift()) await stack.addWiki(spec);
  };
  for (const result of await Promise.allSettled([makeSome(), makeSome()])) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** The export of a wiki. */
export function exportOf(wiki: string): string {
  const name = readdirSync(EXPORTS).find((file) => file.startsWith(`${wiki}.xml`));
  if (name === undefined) throw new Error(`examples/farm/exports has no export of ${wiki}`);
  return join(EXPORTS, name);
}

/** Imports a dump file. It is unpacked here: PHP reads the first stream only of a bzip2 file that has several. */
export async function importExport(stack: Stack, wiki: string, file: string): Promise<void> {
  const options = file.endsWith(".xml") ? { inputFile: file } : { input: await unpacked(file) };
  await stack.maintenance(wiki, "importDump.php", ["--no-updates", "--username-prefix=imp"], options);
}

async function unpacked(file: string): Promise<Uint8Array> {
  const tool = file.endsWith(".gz") ? "gzip" : "bzip2";
  const result = await tryProgram(tool, ["-dc", file]);
  if (result.status !== 0) throw new Error(`${tool} could not unpack ${file}: ${result.stderr}`);
  return result.stdout;
}

/** The same two entries are hidden on every wiki: the first deletion in part, the accounts' entry in full. */
const HIDDEN_LOG_ENTRIES = [{ id: 3, bits: 1 }, { id: 2, bits: 6 }] as const;

function filling(activity: Activity): (stack: Stack, wiki: string) => Promise<void> {
  const { users, ...rest } = activity;
  return async (stack, wiki) => {
    // Accounts first: their edits are then theirs, those of others are marked as imported.
    await makeUsers(stack, wiki, users ?? []);
    await importExport(stack, wiki, exportOf(wiki));
    await act(stack, wiki, { ...rest, hiddenLogEntries: HIDDEN_LOG_ENTRIES });
    await stack.maintenance(wiki, "rebuildrecentchanges.php", []);
    await stack.maintenance(wiki, "refreshLinks.php", []);
    await stack.maintenance(wiki, "initSiteStats.php", ["--update"]);
  };
}
