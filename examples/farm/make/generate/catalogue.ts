/** Makes the village library's catalogue: one long list per shelf, of books that nobody ever wrote. */
import { type DraftPage, minutesAfter, revision } from "../draft.ts";
import { Random } from "../random.ts";

const NOUNS = [
  "Orchard",
  "Ferry",
  "Kettle",
  "Glacier",
  "Postman",
  "Bell",
  "Hedge",
  "Comet",
  "Umbrella",
  "Weir",
  "Lodger",
  "Sparrow",
  "Atlas",
  "Button",
  "Chapel",
  "Spoon",
  "Marsh",
  "Ladder",
  "Violin",
  "Turnip",
] as const;
const KINDS = [
  "A Natural History of the {a}",
  "The {a} and the {b}",
  "My Life as a {a}",
  "{a} Keeping for Beginners",
  "The Last {a}",
  "Notes on the {a}, with a Map",
  "Who Moved the {a}?",
  '"{a}!" and Other Plays',
  "Letters to a {a}",
  "The {a}'s Daughter",
] as const;
const AUTHORS = [
  "E. Thorn",
  "Marguerite Vane",
  "H. & J. Pottle",
  "Dr. Osk",
  "Lettice Umber",
  "B. O'Rourke-Finn",
  "N. N.",
  "Sister Aldith",
  "Captain R. Moule (ret'd)",
  "Iva Černá",
  "Æ. Holm",
  "Søren Dahl",
  "José Ibáñez",
  "李明",
] as const;
const NOTES = [
  "",
  "",
  "",
  "lent out since 1998",
  "tea on page 40",
  "large print",
  "gift of the author, who asks after it",
  "second copy in the van",
  "spine mended by Mr. Abel",
  "not for the vestry",
  "<i>see also</i> under Maps",
  "one page is missing & it is the last",
] as const;
const LIBRARIANS = ["Wilhelmina Oake", "Mr. Abel", "Junia", "192.0.2.14"] as const;

/** One page per shelf, A to so many letters on. */
export function catalogue(shelfCount: number, booksPerShelf: number): DraftPage[] {
  const random = new Random(1931);
  return Array.from(
    { length: shelfCount },
    (_none, index) => shelf(String.fromCharCode(65 + index), booksPerShelf, random),
  );
}

function shelf(letter: string, bookCount: number, random: Random): DraftPage {
  const books = Array.from({ length: bookCount }, (_none, index) => book(letter, index + 1, random));
  let time = minutesAfter("2011-09-01T09:00:00Z", random.between(0, 60 * 24 * 365));
  const shares = [0.4, 0.7, 0.9, 1].slice(0, random.between(2, 4));
  const revisions = shares.map((share, index) => {
    const text = `{{Shelf|${letter}}}\n${
      books.slice(0, Math.ceil(bookCount * share)).join("\n")
    }\n[[Category:Catalogue]]`;
    const made = revision(
      [time, random.pick(LIBRARIANS), index === 0 ? `shelf ${letter}` : `${letter}: more cards`],
      text,
    );
    time = minutesAfter(time, random.between(1000, 60 * 24 * 500));
    return made;
  });
  return { title: `Catalogue/${letter}`, revisions };
}

function book(letter: string, number: number, random: Random): string {
  const title = random.pick(KINDS).replace("{a}", random.pick(NOUNS)).replace("{b}", random.pick(NOUNS));
  const note = random.pick(NOTES);
  return `{{Book|mark=${letter} ${number}|title=${title}|author=${random.pick(AUTHORS)}|year=${
    random.between(1861, 2019)
  }` +
    `|pages=${random.between(48, 912)}|lent=${random.between(0, 61)}${note === "" ? "" : `|note=${note}`}}}`;
}
