/**
 * The texts, titles, comments and names of a generated wiki: what a wiki looks like that many people wrote for years. Seeded, so
 * that the same wiki comes out each time. Sentences are those of the demo farm's own pages.
 */
import { readdirSync, readFileSync } from "node:fs";
import { Random } from "../../examples/farm/make/random.ts";

/** A page that is being written. */
export interface GrowingPage {
  readonly title: string;
  readonly namespace: number;
  /** The page it points to, for a redirect. */
  readonly target: string | undefined;
  paragraphs: string[];
}

/** One person's name, IP address, or name of an imported user. */
export interface Author {
  readonly name: string;
  readonly isRegistered: boolean;
}

const NAMESPACES = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 10, 10, 14];
const MAX_PARAGRAPHS = 40;

export class WikiWriter {
  readonly random: Random;
  readonly #sentences: readonly string[];
  readonly #words: readonly string[];

  constructor(seed: number) {
    this.random = new Random(seed);
    const directory = new URL("../../examples/farm/make/content/", import.meta.url);
    const lines = readdirSync(directory).sort().flatMap((name) =>
      readFileSync(new URL(name, directory), "utf8").split("\n")
    );
    this.#sentences = lines.filter((line) => line.length > 40 && !/^[=#{|!<:@~+-]/.test(line));
    this.#words = [...new Set(this.#sentences.flatMap((line) => line.match(/\p{L}{3,12}/gu) ?? []))];
  }

  /** A new page; `number` makes its title one of a kind. */
  page(number: number): GrowingPage {
    const { random } = this;
    const words = Array.from({ length: random.between(1, 3) }, () => random.pick(this.#words));
    const [first = "Page", ...rest] = words;
    const title = [first.slice(0, 1).toUpperCase() + first.slice(1), ...rest, String(number)].join("_");
    const isRedirect = number > 10 && random.chance(0.06);
    return {
      title,
      namespace: isRedirect ? 0 : random.pick(NAMESPACES),
      target: isRedirect ? "Main_Page" : undefined,
      paragraphs: isRedirect ? [`#REDIRECT [[Main Page]]`] : this.#paragraphs(random.between(1, 8)),
    };
  }

  /** Changes a page as one edit does. */
  edit(page: GrowingPage): void {
    const { random } = this;
    const { paragraphs } = page;
    if (page.target !== undefined) {
      paragraphs.push(`[[Category:${random.pick(this.#words)}]]`);
      return;
    }
    const place = random.between(0, paragraphs.length - 1);
    if (paragraphs.length > 3 && (paragraphs.length >= MAX_PARAGRAPHS || random.chance(0.2))) {
      paragraphs.splice(place, 1);
    }
    if (random.chance(0.5)) paragraphs[Math.min(place, paragraphs.length - 1)] = this.#paragraph();
    else paragraphs.splice(place, 0, this.#paragraph());
  }

  /** The comment of an edit; often none. */
  comment(): string {
    const { random } = this;
    if (random.chance(0.3)) return "";
    const word = () => random.pick(this.#words);
    if (random.chance(0.3)) return `/* ${word()} */`;
    if (random.chance(0.2)) return `Undid revision by [[Special:Contributions/${word()}|${word()}]] & "<others>"`;
    return [word(), word(), word()].join(" ");
  }

  /** Everybody who writes. */
  authors(count: number): readonly Author[] {
    const { random } = this;
    return Array.from({ length: count }, (_, index) => {
      if (index % 5 === 1) return { name: `192.0.2.${index % 250}`.replace(/$/, ""), isRegistered: false };
      if (index % 5 === 2) {
        return {
          name: `2001:DB8:0:0:0:0:${random.between(16, 4095).toString(16).toUpperCase()}:${
            index.toString(16).toUpperCase()
          }`,
          isRegistered: false,
        };
      }
      if (index % 5 === 3) return { name: `imp>${random.pick(this.#words)} ${index}`, isRegistered: false };
      const name = random.pick(this.#words);
      return { name: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} ${index}`, isRegistered: true };
    }).filter((author, index, all) => all.findIndex((other) => other.name === author.name) === index);
  }

  #paragraphs(count: number): string[] {
    return Array.from({ length: count }, () => this.#paragraph());
  }

  #paragraph(): string {
    const { random } = this;
    if (random.chance(0.15)) return `== ${random.pick(this.#words)} & ${random.pick(this.#words)} ==`;
    const sentences = Array.from({ length: random.between(1, 3) }, () => random.pick(this.#sentences));
    if (random.chance(0.2)) {
      sentences.push(`<ref name="r${random.between(1, 999)}">[https://example.org/?a=1&b=2]</ref>`);
    }
    if (random.chance(0.2)) sentences.push(`[[${random.pick(this.#words)}|${random.pick(this.#words)}]]`);
    return sentences.join(" ");
  }
}
