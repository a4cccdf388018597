/** Makes the bee-keepers' log: one page with several hundred edits, each of which adds a line, mends one or strikes one out. */
import { type DraftPage, type DraftRevision, HIDDEN_TEXT, minutesAfter, revision } from "../draft.ts";
import { Random } from "../random.ts";

const KEEPERS = [
  "Agnes Pell",
  "Tobias Hearne",
  "Noor",
  "Old Marrack",
  "Mira Sloe",
  "203.0.113.47",
  "2001:db8:51:7::2a",
] as const;
const WEATHER = [
  "Still and grey",
  "Bright, wind from the sea",
  "Fog until ten",
  "First frost",
  "Thunder about",
  "Warm after rain",
  "A cold east wind",
  "Soft rain",
  "Hot, not a leaf moving",
  "Clear, with a ring round the moon last night",
] as const;
const SEEN = [
  "hive {n} carries {load} pollen by the legful",
  "hive {n} is quiet, a cluster the size of {thing} on the porch",
  "eggs on four combs in hive {n}, the queen is marked and walks like an aunt",
  "hive {n} roars; queenless, or they heard me coming",
  "drones thrown out of hive {n}, sitting in the grass with nothing to say",
  "hive {n} has drawn three combs since Sunday",
  "a play cup in hive {n}, dry, empty and innocent",
  "chalk brood in hive {n}, two cells, board changed",
  "hive {n} weighs {weight} kg, that is {delta} kg more than a week ago",
  "dead bees before hive {n}, {count}, most of them old",
  "wasps at hive {n}, so the door is one bee wide now",
  "hive {n} came home loaded until the light went",
] as const;
const DONE = [
  "Gave a box.",
  "Took nothing, changed nothing, shut the lid.",
  "Moved two combs of brood to the middle.",
  "Cut the drone comb: {count} mites.",
  "Fed two litres.",
  "Put the mesh floor in.",
  "Wrote the date on the lid.",
  "Scraped the floor and burnt the scrapings.",
  "Clipped nobody, marked nobody, was stung {stings} times.",
  "Left the rest for Saturday.",
  "Took eleven combs, left nine.",
] as const;
const LOADS = ["yellow", "orange", "slate-coloured", "brick-red", "dark blue", "pale green"] as const;
const THINGS = ["a fist", "a loaf", "a football", "a church bell"] as const;
const REASONS = [
  "",
  "",
  "",
  "log",
  "from the slate",
  "on the telephone, one hand",
  "Sunday round",
  "evening round",
  'hive <{n}> & "friends"',
] as const;

/** The page, with so many edits. */
export function apiaryLog(editCount: number): DraftPage {
  const random = new Random(20160403);
  const lines: string[] = [];
  const revisions: DraftRevision[] = [];
  let time = "2016-04-03T17:05:11Z";
  for (let edit = 0; edit < editCount; edit++) {
    const isCorrection = edit > 5 && random.chance(0.12);
    if (isCorrection) correct(lines, random);
    else lines.push(entry(time, random));
    const user = random.pick(KEEPERS);
    const comment = isCorrection ? random.pick(["typo", "wrong hive", ""]) : fill(random.pick(REASONS), random);
    const hidden = edit === 120 ? HIDDEN_TEXT : 0;
    revisions.push(revision([time, user, comment], page(lines), { isMinor: isCorrection, hidden }));
    time = minutesAfter(time, random.between(2, 14) * 1440 + random.between(-400, 400) + random.next());
  }
  return { title: "Apiary log", revisions };
}

function page(lines: readonly string[]): string {
  return `One line for each visit, the newest at the end. The number of the hive first, then what you saw, then what you did.\n\n` +
    `${lines.join("\n")}\n\n[[Category:Craft]]`;
}

function entry(time: string, random: Random): string {
  const seen = random.sample(SEEN, random.between(1, 2)).map((sentence) => fill(sentence, random)).join("; ");
  const sting = random.chance(0.15) ? ` {{Sting|${random.between(1, 5)}}}` : "";
  return `* '''${time.slice(0, 10)}''' ${random.pick(WEATHER)}: ${seen}. ${fill(random.pick(DONE), random)}${sting}`;
}

function correct(lines: string[], random: Random): void {
  const index = random.between(Math.max(0, lines.length - 12), lines.length - 1);
  const line = lines[index] ?? "";
  lines[index] = random.chance(0.5)
    ? line.replace(/hive (\d+)/, (_all, n: string) => `hive ${(Number(n) % 14) + 1}`)
    : `${line} ''(see below)''`;
}

function fill(sentence: string, random: Random): string {
  return sentence.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (name === "n") return String(random.between(1, 14));
    if (name === "load") return random.pick(LOADS);
    if (name === "thing") return random.pick(THINGS);
    if (name === "weight") return (random.between(180, 520) / 10).toFixed(1);
    if (name === "delta") return (random.between(1, 62) / 10).toFixed(1);
    if (name === "stings") return String(random.between(0, 6));
    return String(random.between(2, 60));
  });
}
