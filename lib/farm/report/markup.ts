/**
 * HTML that is escaped by construction: the one way in which text becomes markup in this project.
 *
 * `markup` is a tagged template. Every string that is put into it is escaped; only another `Markup` value goes in as it is.
 * A `Markup` cannot be made from data (its text is private), so a title or a progress line cannot bring markup along.
 */

/** A piece of markup that was made by the `markup` tag. */
export class Markup {
  readonly #text: string;

  /** For the `markup` tag alone; everybody else writes a template. */
  constructor(strings: readonly string[], values: readonly MarkupValue[]) {
    let text = strings[0] ?? "";
    for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? "");
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template; `undefined` and `false` leave nothing, so that `condition && markup\`…\`` works. */
export type MarkupValue = Markup | string | number | undefined | false | readonly MarkupValue[];

/**
 * Makes markup from a template and escapes what is put in.
 */
export function markup(strings: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  return new Markup(strings, values);
}

function render(value: MarkupValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return String(value);
  if (Array.isArray(value)) return value.map(render).join("");
  return escapeMarkup(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for HTML and XML, in element content and in quoted attributes alike.
 * Control characters, which neither allows, become U+FFFD.
 */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD");
}
