/**
 * Text like English, from a seed: words with the frequencies of a language (Zipf's law), in sentences with a simple grammar.
 *
 * Function words are those of English; nouns, verbs and adjectives are made up from its usual letters. A paragraph has a few nouns
 * that come back, as a text about something has. The same seed gives the same text on every machine.
 */
import { Chance } from "./corpus-text.ts";

const ONSETS = "b br c ch cl cr d dr f fl fr g gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w wh".split(
  " ",
);
const NUCLEI = "a a e e e i i o o u ai ea ee ie oa oo ou".split(" ");
const CODAS = "b ck d f g l ll m n n nd ng nt p r r rd rn rt s ss st t t th v x".split(" ");
const DETERMINERS = "the the the the a a an this that his her its their my our some any each no every".split(" ");
const PRONOUNS = "it he they I she we you who that this there one which".split(" ");
const PREPOSITIONS = "of of of in in to for with on at by from as into about over after under between through".split(
  " ",
);
const AUXILIARIES = "is was are were has had will would can could may should must did does".split(" ");
const CONJUNCTIONS = "and and and but or because when if while although since where".split(" ");
const ADVERBS = "not also only then now very more so even never always often still again almost together".split(" ");
const VOCABULARY = { nouns: 9000, verbs: 3000, adjectives: 3000 };

/** Words of which the n-th comes about once where the first comes n times. */
class Words {
  readonly #words: readonly string[];
  /** Up to which number each word is meant. */
  readonly #bounds: readonly number[];

  constructor(words: readonly string[]) {
    let sum = 0;
    this.#words = words;
    this.#bounds = words.map((_, rank) => sum += Math.floor(4e7 / (rank + 2)));
  }

  pick(chance: Chance): string {
    const wanted = chance.below(this.#bounds.at(-1)!);
    let [low, high] = [0, this.#words.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bounds[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    return this.#words[low]!;
  }
}

function inventWords(chance: Chance, count: number, endings: readonly string[]): Words {
  const words = new Set<string>();
  while (words.size < count) {
    let word = "";
    // Frequent words are short.
    for (let syllables = 1 + chance.below(1 + Math.min(2, words.size >> 9)); syllables > 0; syllables--) {
      word += chance.pick(ONSETS) + chance.pick(NUCLEI) + (chance.once(2) ? chance.pick(CODAS) : "");
    }
    words.add(word + chance.pick(endings));
  }
  return new Words([...words]);
}

class Writer {
  readonly #chance: Chance;
  readonly #nouns: Words;
  readonly #verbs: Words;
  readonly #adjectives: Words;
  #topics: readonly string[] = [];

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#nouns = inventWords(this.#chance, VOCABULARY.nouns, ["", "", "", "s", "er", "ion", "ness", "ment", "ity"]);
    this.#verbs = inventWords(this.#chance, VOCABULARY.verbs, ["", "ed", "ed", "s", "ing"]);
    this.#adjectives = inventWords(this.#chance, VOCABULARY.adjectives, ["", "y", "al", "ous", "ive", "ful", "ed"]);
  }

  paragraph(): string {
    const chance = this.#chance;
    this.#topics = Array.from({ length: 4 }, () => this.#nouns.pick(chance));
    const sentences = Array.from({ length: 2 + chance.below(7) }, () => this.#sentence());
    return sentences.join(" ") + "\n\n";
  }

  #sentence(): string {
    const chance = this.#chance;
    let text = this.#clause();
    while (chance.once(3)) text += `${chance.once(2) ? "," : ""} ${chance.pick(CONJUNCTIONS)} ${this.#clause()}`;
    return text.charAt(0).toUpperCase() + text.slice(1) + (chance.once(20) ? "?" : ".");
  }

  #clause(): string {
    const chance = this.#chance;
    const subject = chance.once(3) ? chance.pick(PRONOUNS) : this.#thing();
    const auxiliary = chance.once(2) ? ` ${chance.pick(AUXILIARIES)}` : "";
    const adverb = chance.once(5) ? ` ${chance.pick(ADVERBS)}` : "";
    const object = chance.once(4) ? "" : ` ${this.#thing()}`;
    const place = chance.once(3) ? ` ${chance.pick(PREPOSITIONS)} ${this.#thing()}` : "";
    return `${subject}${auxiliary}${adverb} ${this.#verbs.pick(chance)}${object}${place}`;
  }

  #thing(): string {
    const chance = this.#chance;
    const adjective = chance.once(3) ? ` ${this.#adjectives.pick(chance)}` : "";
    const noun = chance.once(4) ? chance.pick(this.#topics) : this.#nouns.pick(chance);
    const rest = chance.once(5) ? ` ${chance.pick(PREPOSITIONS)} ${this.#thing()}` : "";
    return `${chance.pick(DETERMINERS)}${adjective} ${noun}${rest}`;
  }
}

/** Text of exactly `byteLength` bytes; it may end within a word. */
export function makeEnglish(byteLength: number, seed = 1): Uint8Array<ArrayBuffer> {
  const writer = new Writer(seed);
  const encoder = new TextEncoder();
  const text = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength;) at += encoder.encodeInto(writer.paragraph(), text.subarray(at)).written;
  return text;
}
