/** Makes the register of passing ships: one page whose text is longer than a million bytes, in a few edits. */
import { type DraftPage, minutesAfter, revision } from "../draft.ts";
import { Random } from "../random.ts";

const RIGS = ["brig", "schooner", "ketch", "barque", "sloop", "steamer", "lugger", "barge"] as const;
const NAMES = [
  "Morning",
  "Prudence",
  "Two Cousins",
  "Halcyon",
  "Good Intent",
  "Maid",
  "Errand",
  "Patience",
  "Fortune",
  "Swift",
  "Juniper",
  "Amity",
  "Third Attempt",
  "Widow's Hope",
  "Corran & Sons",
  "Heron",
] as const;
const PORTS = [
  "Ostrey",
  "Vale",
  "Merrin",
  "Westcombe",
  "Tarn Haven",
  "St Ebb",
  "Long Sands",
  "Thornholm",
  "no port painted",
] as const;
const WINDS = ["N", "NNE", "NE", "E", "SE", "S", "SSW", "SW", "W", "NW", "calm"] as const;
const CARGO = [
  "slate",
  "herring",
  "coal",
  "timber",
  "oats",
  "salt",
  "in ballast",
  "a piano",
  "lime",
  "passengers",
  "bricks",
  "not seen",
] as const;
const REMARKS = [
  "",
  "",
  "",
  "",
  "dipped her colours",
  "did not answer",
  "close in, we could read her name",
  "towing a boat",
  "asked for the time and was given it",
  "main topmast gone",
  "a dog on the bowsprit",
  "anchored until the flood",
  "passed again at dusk, going home",
] as const;

/** The page; its last text has so many rows (80 to 100 bytes each). */
export function shipRegister(rowCount: number): DraftPage {
  const random = new Random(1874);
  const rows: string[] = [];
  let time = "1874-03-01T05:40:00Z";
  for (let number = 1; number <= rowCount; number++) {
    rows.push(row(number, time, random));
    time = minutesAfter(time, random.between(35, 1900));
  }
  const cuts: readonly [when: string, user: string, comment: string, rows: number][] = [
    ["2015-02-01T20:00:09Z", "Hedda Lund", "first book typed up", 0.22],
    ["2016-02-14T21:10:30Z", "Hedda Lund", "second and third book", 0.6],
    ["2018-11-25T18:44:51Z", "Hedda Lund", "fourth book", 1],
    ["2018-11-25T18:52:02Z", "P. Corran", "a heading was missing", 1],
  ];
  const revisions = cuts.map(([when, user, comment, share], index) =>
    revision([when, user, comment], text(rows.slice(0, Math.ceil(rowCount * share)), index === 3), {
      isMinor: index === 3,
    })
  );
  return { title: "Register of passing ships (Vesper Head)", revisions };
}

function text(rows: readonly string[], hasHeading: boolean): string {
  return `The keepers of Vesper Head wrote down every sail that they saw by day. Four books are left; the fifth went into the stove in a ` +
    `hard winter, and the keeper wrote that down too, in the fourth.\n\n{| class="wikitable sortable"\n` +
    `${hasHeading ? "! no. !! day !! hour !! rig !! name !! port !! cargo !! wind !! remarks\n" : ""}${
      rows.join("\n")
    }\n|}\n\n[[Category:Books]]`;
}

function row(number: number, time: string, random: Random): string {
  const name = `${random.pick(NAMES)}${random.chance(0.3) ? ` of ${random.pick(PORTS)}` : ""}`;
  return `|-\n| ${number} || ${time.slice(0, 10)} || ${time.slice(11, 16)} || ${random.pick(RIGS)} || ''${name}'' || ${
    random.pick(PORTS)
  } || ` +
    `${random.pick(CARGO)} || ${random.pick(WINDS)} ${random.between(0, 9)} || ${random.pick(REMARKS)}`;
}
