/**
 * HTML that is escaped by construction: the one way in which text becomes markup in this project.
 *
 * `html` is a tagged template. Every string that is put into it is escaped; only another `Html` value goes in as it is.
 * An `Html` cannot be made from data (its text is private), so a title or a progress line cannot bring markup along.
 */

/** A piece of markup that was made by the `html` tag. */
export class Html {
  readonly #text: string;

  /** For the `html` tag alone; everybody else writes a template. */
  constructor(strings: readonly string[], values: readonly HtmlValue[]) {
    let text = strings[0] ?? "";
    for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? "");
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template; `undefined` and `false` leave nothing, so that `condition && html\`…\`` works. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/**
 * Makes markup from a template and escapes what is put in.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { html } from "wikidump/node";
 *
 * assert.equal(String(html`<p>${"<script>"}</p>`), "<p>&lt;script&gt;</p>");
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings, values);
}

function render(value: HtmlValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return String(value);
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
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { escapeMarkup } from "wikidump/node";
 *
 * assert.equal(escapeMarkup("R&D"), "R&amp;D");
 * ```
 */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD");
}
