/** Makes the minutes of the fair committee's meetings. */
import { type DraftPage, minutesAfter, revision } from "../draft.ts";
import { Random } from "../random.ts";

const PRESENT = [
  "the secretary",
  "the treasurer",
  "the harbour master",
  "the vicar",
  "Mrs. Tolliver (cakes)",
  "the sailing club",
  "a dog",
] as const;
const ITEMS = [
  "Bunting. It was found that the moths prefer the blue. Red to be ordered.",
  "The band asks for chairs. Granted: benches.",
  "The pole. A sample of lard was passed round. {{Vote|{a}|{b}|{c}}}",
  "Letter from the county about noise. Read aloud, quietly.",
  "Stalls: {n} applications, {m} places. The cheese is to be kept away from the books this time.",
  "Raffle tickets are to be numbered with numbers.",
  "Ferry timetable: the last boat leaves at {hour}. It will wait if somebody can be seen running.",
  "Insurance. Discussed at length; not bought.",
  "The treasurer reported {n} in the tin and {m} promised. The promises were counted again.",
  "Weather. Against: all.",
  "A prize for the best-kept boat. The harbour master said that he was not looking at anybody.",
  "Any other business: a motion to go home. {{Vote|{a}|0|{c}}}",
] as const;

/** So many meetings, one page each, some mended afterwards. */
export function minutes(count: number): DraftPage[] {
  const random = new Random(1407);
  let time = "2015-02-09T20:30:00Z";
  return Array.from({ length: count }, (_none, index) => {
    const page = meeting(index + 1, time, random);
    time = minutesAfter(time, random.between(18, 45) * 1440);
    return page;
  });
}

function meeting(number: number, time: string, random: Random): DraftPage {
  const present = random.sample(PRESENT, random.between(3, 6)).join(", ");
  const items = random.sample(ITEMS, random.between(4, 8)).map((item) => `# ${fill(item, random)}`).join("\n");
  const first = `'''Meeting ${number}''', ${
    time.slice(0, 10)
  }. Present: ${present}.\n\n${items}\n\n[[Category:Minutes]]`;
  const revisions = [revision([time, "Secretary", "minutes"], first)];
  if (random.chance(0.4)) {
    const text = `${first}\n\n''Read and accepted at meeting ${number + 1}, with one comma.''`;
    revisions.push(
      revision([minutesAfter(time, 15 * 1440), random.pick(["Secretary", "Treasurer"]), "accepted"], text, {
        isMinor: true,
      }),
    );
  }
  return { title: `Minutes/${number}`, revisions };
}

function fill(item: string, random: Random): string {
  return item.replaceAll("{a}", String(random.between(3, 6))).replaceAll("{b}", String(random.between(0, 2)))
    .replaceAll("{c}", String(random.between(0, 2))).replaceAll("{n}", String(random.between(20, 95)))
    .replaceAll("{m}", String(random.between(12, 60))).replaceAll("{hour}", `${random.between(9, 11)} at night`);
}
