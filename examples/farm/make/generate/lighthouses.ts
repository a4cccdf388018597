/** Makes the pages of invented lighthouses: a name, a character of light, a short history, and a few edits each. */
import { type DraftPage, type DraftRevision, minutesAfter, revision } from "../draft.ts";
import { Random } from "../random.ts";

const FIRST = [
  "Anvil",
  "Barrow",
  "Cinder",
  "Dunlin",
  "Ember",
  "Fallow",
  "Gannet",
  "Harrow",
  "Inkwell",
  "Jackdaw",
  "Kelp",
  "Lantern",
  "Marram",
  "Nettle",
  "Otter",
  "Petrel",
  "Quern",
  "Rook",
  "Saddle",
  "Thrift",
  "Urchin",
  "Vesper",
  "Wrack",
  "Yarrow",
] as const;
const SECOND = ["Head", "Point", "Ness", "Rock", "Skerry", "Island", "Bar", "Mouth"] as const;
const COASTS = ["Ostrey Sound", "the Merrin Firth", "Cold Bay", "the Long Sands", "Vale Roads", "the Teeth"] as const;
const KEEPERS = ["Ismay", "P. Corran", "Dov", "Lamplighter", "198.51.100.77", "Hedda Lund"] as const;
const BUILT = [
  "The tower was begun in {year} after the loss of the {ship}, and lit in the autumn of the following year.",
  "A fire basket stood here before {year}. The stones of its wall can still be seen at low water.",
  "It was put up in {year} by people who had never seen the place in winter, and put up again two years later by people who had.",
  "The first light, of {year}, hung in the window of the harbour master's kitchen.",
] as const;
const STORY = [
  "Its keeper grew cabbages in the lee of the wall, the only ones on the island, and gave them names.",
  "In the great frost the oil would not run, and the lamp was turned by hand for nine nights.",
  "The fog bell was cracked by a gull's egg, so it's said, and has had a flat voice ever since.",
  "Three keepers wrote poems here. Two of them are better not quoted & the third is carved above the door.",
  "The stairs have {steps} steps, or one more if you count as the keepers' children did, who counted the landing.",
  "Since the lamp was made automatic in {auto}, nobody sleeps here but the surveyors, who say that they do not sleep.",
  "The relief boat has failed to land {fails} times in one winter, which is a record nobody wants to break.",
  "On clear nights one sees it from {coast}, {far} miles off, though the list of lights promises fewer.",
  "The lens came in {boxes} boxes packed with oats. The oats were sown; the field is called Glass to this day.",
  "Painted white, then red, then white with one red band, then not at all for lack of money, then white.",
] as const;
const NOW = [
  "It is lit.",
  "It has been dark since {auto}.",
  "The tower is a ruin; the light is on a steel pole beside it.",
  "One may climb it on the first Sunday of the month, if the tide allows.",
  "The ground is private, the path is not.",
] as const;
const SHIPS = [
  "Morning Errand",
  "Two Cousins",
  "Prudence of Vale",
  "Halcyon",
  "Good Intent",
  "Maid of Ostrey",
] as const;
const CHARACTERS = ["Fl W", "Fl(2) W", "Fl(3) WR", "Oc W", "Iso W", "LFl R", "Q(6)+LFl W", "Mo(A) W"] as const;

/** So many lighthouse pages, and a redirect for every eighth. */
export function lighthouses(count: number): DraftPage[] {
  const random = new Random(1811);
  const names = random.sample(FIRST.flatMap((first) => SECOND.map((second) => `${first} ${second}`)), count);
  return names.flatMap((name, index) => {
    const page = lighthouse(name, random);
    if (index % 8 !== 3) return [page];
    const time = minutesAfter(page.revisions[0]?.time ?? "", 5);
    const alias = revision([time, "Ismay", "other name"], `#REDIRECT [[${page.title}]]`);
    return [page, { title: `${name} light (old list)`, revisions: [alias] }];
  });
}

function lighthouse(name: string, random: Random): DraftPage {
  const title = `${name} lighthouse`;
  const coast = random.pick(COASTS);
  const box =
    `{{Light\n| name = ${name}\n| character = ${random.pick(CHARACTERS)} ${random.between(3, 20)}s\n| height = ${
      random.between(9, 54)
    }\n` +
    `| range = ${random.between(6, 26)}\n| position = ${random.between(100, 900)} on chart ${
      random.between(1, 24)
    }\n| coast = ${coast}\n}}`;
  const fill = (sentence: string): string => fillIn(sentence, random);
  const opening = `'''${name}''' is a lighthouse on ${coast}. ${fill(random.pick(BUILT))}`;
  const stories = random.sample(STORY, random.between(2, 6)).map(fill);
  const end = `${fill(random.pick(NOW))}\n\n[[Category:Lights of ${coast}]]`;
  const texts = [
    `${opening} ${end}`,
    `${box}\n${opening}\n\n== The place ==\n${stories[0] ?? ""} ${end}`,
    `${box}\n${opening}\n\n== The place ==\n${stories.join(" ")}\n\n== Today ==\n${end}`,
    `${box}\n${opening}\n\n== The place ==\n${stories.join("\n\n")}\n\n== Today ==\n${end}\n{{Bearings|${
      random.between(0, 359)
    }|${random.between(0, 359)}}}`,
  ];
  return { title, revisions: edits(texts.slice(0, random.between(2, texts.length)), random) };
}

function edits(texts: readonly string[], random: Random): DraftRevision[] {
  let time = minutesAfter("2014-01-10T08:00:00Z", random.between(0, 60 * 24 * 900) + random.next());
  return texts.map((text, index) => {
    const comment = ["new light", "box", "from the keepers' books", "bearings"][index] ?? "";
    const made = revision([time, random.pick(KEEPERS), comment], text, { isMinor: index === 3 });
    time = minutesAfter(time, random.between(30, 60 * 24 * 700));
    return made;
  });
}

function fillIn(sentence: string, random: Random): string {
  const year = random.between(1740, 1890);
  return sentence.replaceAll("{year}", String(year)).replaceAll("{auto}", String(random.between(1961, 1999)))
    .replaceAll("{ship}", `''${random.pick(SHIPS)}''`).replaceAll("{steps}", String(random.between(48, 240)))
    .replaceAll("{fails}", String(random.between(11, 47))).replaceAll("{coast}", random.pick(COASTS))
    .replaceAll("{far}", String(random.between(14, 40))).replaceAll("{boxes}", String(random.between(7, 90)));
}
