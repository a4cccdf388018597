/**
 * The seeded chance and the made-up language of the corpus: words from syllables of four scripts, wikitext from words.
 *
 * Nothing is taken from any wiki. The same seed gives the same text on every machine: only 32-bit integer steps are used.
 */

/** A small generator of pseudo-random numbers: a 32-bit Weyl sequence, mixed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % limit;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** From 1 to `limit`, small numbers often and large ones seldom: each doubling is half as likely as the one before. */
  skewed(limit: number): number {
    let bound = 1;
    while (bound < limit && this.once(2)) bound *= 2;
    return Math.min(limit, bound + this.below(bound));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

const SYLLABLES: readonly (readonly string[])[] = [
  [
    "ba",
    "lo",
    "mi",
    "ren",
    "su",
    "ta",
    "vel",
    "dor",
    "ki",
    "na",
    "pe",
    "sha",
    "tor",
    "un",
    "ge",
    "wi",
    "fal",
    "ost",
    "im",
    "ka",
  ],
  ["κα", "λο", "μι", "ρε", "συ", "τα", "νη", "πο", "θε", "δω"],
  ["ба", "ло", "ми", "рен", "су", "та", "вел", "дор", "ки", "на"],
  ["水", "山", "川", "木", "田", "中", "上", "日", "人", "口"],
];
const SIGNS = ["–", "…", "😀", "½", "“", "”", "&", "×"];
const VOCABULARY_SIZE = 4096;

function makeVocabulary(): readonly string[] {
  const chance = new Chance(20261122);
  const words: string[] = [];
  for (let i = 0; i < VOCABULARY_SIZE; i++) {
    const script = SYLLABLES[i % 16 < 13 ? 0 : i % 16 - 12]!;
    let word = "";
    for (let left = 1 + chance.below(4); left > 0; left--) word += chance.pick(script);
    words.push(word);
  }
  return words;
}

const VOCABULARY: readonly string[] = makeVocabulary();

/** A word; the first of the vocabulary come most often. */
export function makeWord(chance: Chance): string {
  return VOCABULARY[Math.min(VOCABULARY_SIZE - 1, chance.skewed(VOCABULARY_SIZE) - 1 + chance.below(64))]!;
}

/** Some words with blanks between them. */
export function makePhrase(chance: Chance, words: number): string {
  let phrase = makeWord(chance);
  for (let left = words - 1; left > 0; left--) phrase += " " + makeWord(chance);
  return phrase;
}

/** A name that no other number gives, in the syllables of the first script. */
export function makeName(number: number): string {
  const syllables = SYLLABLES[0]!;
  let name = "";
  let rest = number;
  do {
    name = syllables[rest % syllables.length]! + name;
    rest = Math.floor(rest / syllables.length);
  } while (rest > 0);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function makeSentence(chance: Chance): string {
  const parts: string[] = [];
  for (let left = 3 + chance.below(16); left > 0; left--) {
    const kind = chance.below(24);
    if (kind === 0) parts.push(`[[${makeName(chance.below(5000))}|${makeWord(chance)}]]`);
    else if (kind === 1) parts.push(`''${makeWord(chance)}''`);
    else if (kind === 2) parts.push(`"${makePhrase(chance, 2)}"`);
    else if (kind === 3 && chance.once(4)) {
      parts.push(`<ref name="${makeWord(chance)}">{{cite|url=http://example.org/?a=1&b=2}}</ref>`);
    } else if (kind === 4 && chance.once(4)) parts.push(chance.pick(SIGNS));
    else parts.push(makeWord(chance));
  }
  return parts.join(" ") + ".";
}

/** One paragraph of wikitext, with its line ends: prose, a heading, a list, a template or a table. */
export function makeParagraph(chance: Chance): string {
  const kind = chance.below(16);
  if (kind === 0) return `== ${makePhrase(chance, 2)} ==\n\n`;
  if (kind === 1) {
    return `{{Box\n| ${makeWord(chance)} = ${makePhrase(chance, 3)}\n| ${makeWord(chance)} = &nbsp;${
      chance.below(1e6)
    }\n}}\n\n`;
  }
  if (kind === 2) return `{| class="wikitable"\n|-\n| ${makePhrase(chance, 3)} || ${chance.below(1000)}\n|}\n\n`;
  if (kind === 3) return `* ${makeSentence(chance)}\n* ${makeSentence(chance)}\n* ${makeSentence(chance)}\n\n`;
  if (kind === 4) return `<!-- ${makePhrase(chance, 4)} -->\n`;
  let paragraph = makeSentence(chance);
  for (let left = 1 + chance.below(7); left > 0; left--) paragraph += " " + makeSentence(chance);
  return paragraph + "\n\n";
}
