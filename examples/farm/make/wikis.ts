/**
 * The seven wikis of the demo farm: what each is called, who writes there, what is done to it besides writing, and in which
 * form its export is kept. The texts are in content/NAME.txt and in generate/.
 */
import { readFileSync } from "node:fs";
import type { DraftPage } from "./draft.ts";
import { apiaryLog } from "./generate/apiary-log.ts";
import { catalogue } from "./generate/catalogue.ts";
import { huts } from "./generate/huts.ts";
import { lighthouses } from "./generate/lighthouses.ts";
import { minutes } from "./generate/minutes.ts";
import { shipRegister } from "./generate/ship-register.ts";
import { parsePages } from "./parse-pages.ts";

/** How an export lies on the disk. In `streams` the text is cut every so many bytes, and each piece is a bzip2 stream of its own. */
export type ExportForm = "xml" | "xml.gz" | "xml.bz2" | { readonly streams: number };

/** An edit that is made through MediaWiki and not imported. */
export interface LiveEdit {
  readonly title: string;
  readonly user: string;
  readonly comment: string;
  readonly text: string;
  readonly flags?: readonly string[];
}

/** One wiki. Titles are written with blanks. */
export interface WikiPlan {
  readonly name: string;
  readonly language: string;
  readonly isPrivate: boolean;
  readonly address: string;
  /** PHP for LocalSettings.php, before the import. */
  readonly settings: string;
  /** PHP that is added after the import. */
  readonly lateSettings: string;
  /** Who has an account. Edits by others are marked as imported. */
  readonly users: readonly string[];
  readonly generated: readonly DraftPage[];
  readonly edits: readonly LiveEdit[];
  readonly moves: readonly (readonly [from: string, to: string])[];
  readonly protections: readonly string[];
  readonly deletions: readonly string[];
  readonly exportForm: ExportForm;
}

type Rest = Partial<WikiPlan> & Pick<WikiPlan, "name" | "users">;

function plan(siteName: string, rest: Rest): WikiPlan {
  const host = rest.name.replace(/wiki$/, "");
  const nothing = { lateSettings: "", generated: [], edits: [], moves: [], protections: [], deletions: [] };
  const settings =
    `$wgSitename = ${phpString(siteName)};\n$wgMetaNamespace = ${phpString(siteName.replaceAll(" ", "_"))};\n` +
    `$wgArticlePath = '/wiki/$1';\n${rest.settings ?? ""}`;
  const fixed = {
    language: "en",
    isPrivate: false,
    address: `https://${host}.example.org`,
    exportForm: "xml.bz2" as const,
  };
  return { ...nothing, ...fixed, ...rest, settings };
}

function phpString(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}

/** All pages of a wiki: those written by hand and those that a generator makes. */
export function draftsOf(wiki: WikiPlan): DraftPage[] {
  const file = new URL(`content/${wiki.name}.txt`, import.meta.url);
  return [...parsePages(readFileSync(file, "utf8"), `${wiki.name}.txt`), ...wiki.generated];
}

const OWN_SLOT = `$wgHooks['MediaWikiServices'][] = static function ( $services ) {
	$services->addServiceManipulator( 'SlotRoleRegistry', static function ( $registry ) {
		$registry->defineRoleWithModel( 'aside', CONTENT_MODEL_WIKITEXT );
	} );
};`;

/** The farm, by name. */
export const WIKIS: readonly WikiPlan[] = [
  plan("Heather & Comb", {
    name: "beewiki",
    users: ["Agnes Pell", "Tobias Hearne", "Noor", "Old Marrack", "Mira Sloe"],
    generated: [apiaryLog(344)],
    edits: [
      {
        title: "Smoke",
        user: "Mira Sloe",
        comment: 'dry <bracken> & "peat"',
        text: "Bracken burns too fast, peat too slow. Both together burn like a story.",
      },
      {
        title: "Heather moor",
        user: "Noor",
        comment: "",
        flags: ["--minor"],
        text: "The eastern stones may be used again from this summer on.",
      },
    ],
    moves: [["Disputed honey", "The Westcombe show"]],
    protections: ["Stings", "Apiary log"],
    deletions: ["Old price list"],
  }),
  plan("Harbour Fair Committee", {
    name: "committeewiki",
    users: ["Secretary", "Treasurer", "Harbour master"],
    generated: minutes(46),
    protections: ["Charter"],
    deletions: ["Lard supplier"],
  }),
  plan("Ορεινά Καταφύγια", {
    name: "elkatafygiawiki",
    language: "el",
    settings: "$wgExtraNamespaces = [ 100 => 'Πύλη', 101 => 'Συζήτηση_πύλης' ];",
    users: ["Ελπίδα", "Στάθης Ρ.", "Λευτέρης Κ.", "يوسف الحداد", "נעמי"],
    generated: huts(52),
    edits: [
      {
        title: "Όταν πέσει ομίχλη",
        user: "Λευτέρης Κ.",
        comment: "καμπάνα 🔔",
        text: "Η καμπάνα ράγισε και ακούγεται καλύτερα.",
      },
      { title: "Πύλη:Δυτικά βουνά", user: "Ελπίδα", comment: "", flags: ["--minor"], text: "Και το πρωί κάνει κρύο." },
      {
        title: "Συζήτηση πύλης:Δυτικά βουνά",
        user: "Στάθης Ρ.",
        comment: "",
        text: "Γιατί «αξίζουν»; Τα μισά δεν έχουν πόρτα.",
      },
    ],
    moves: [["Σόμπα", "Η σόμπα & το ξύλο"]],
    protections: ["Κανόνες του καταφυγίου"],
    deletions: ["3: ο αριθμός της παρέας"],
    exportForm: { streams: 40_001 },
  }),
  plan("Thornholm Village Library", {
    name: "librarywiki",
    users: ["Wilhelmina Oake", "Mr. Abel", "Junia", "Petra Lodd"],
    generated: catalogue(14, 190),
    edits: [
      {
        title: "The van",
        user: "Petra Lodd",
        comment: "/* Stops */ the ford",
        text: "The ford is a bridge now. We go round by the quarry all the same, out of habit.",
      },
      { title: "Tea", user: "Junia", comment: "its own page at last", text: "Thursdays, ten to twelve. It is strong." },
    ],
    moves: [["Large print", "Large-print shelf"], ["Template talk:Book", "Template talk:Book/2016"]],
    protections: ["Main Page", "Template:Book"],
    deletions: ["List of lost keys", "User:Mr. Abel/Paste"],
    exportForm: "xml.gz",
  }),
  plan("Lighthouse Atlas", {
    name: "lighthousewiki",
    lateSettings: "$wgExtraNamespaces = [ 100 => 'Chart', 101 => 'Chart_talk' ];",
    users: ["Hedda Lund", "Ismay", "Dov", "P. Corran", "Lamplighter"],
    generated: [...lighthouses(150), shipRegister(10_600)],
    edits: [
      {
        title: "Chart:Cold Bay",
        user: "Ismay",
        comment: "the first in the new namespace",
        text: "Sheet 7. Soundings in fathoms, spelling in doubt.",
      },
      { title: "Chart talk:Cold Bay", user: "Dov", comment: "", text: "Is there a sheet 8?" },
    ],
    moves: [["Dark lights", "Extinguished lights"]],
    protections: ["Template:Light"],
    deletions: ["Test of the lamp"],
  }),
  plan("Sandbox", {
    name: "sandboxwiki",
    users: ["Gardener"],
    deletions: ["Spade"],
  }),
  plan("Thornholm staff", {
    name: "staffwiki",
    isPrivate: true,
    settings: `$wgCapitalLinks = false;\n${OWN_SLOT}`,
    users: ["Wilhelmina Oake", "Mr. Abel", "Junia", "Petra Lodd"],
    edits: [
      {
        title: "Handover",
        user: "Petra Lodd",
        comment: "aside",
        flags: ["--slot", "aside"],
        text: "The witness for the tin: not Mr. Abel, he lends from it & pays back more.",
      },
      {
        title: "Handover",
        user: "Petra Lodd",
        comment: "the county moved",
        text: "The county's file goes to the new address from October on.",
      },
    ],
    deletions: ["Old rota"],
    exportForm: "xml",
  }),
];
