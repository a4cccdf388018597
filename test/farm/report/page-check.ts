/** A strict look at the markup of a page: every element is closed where it must be, every attribute is quoted, ids are unique. */
import assert from "node:assert/strict";

const VOID = new Set(["meta", "link", "br", "hr", "img", "input"]);

export interface SeenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** All elements of a page, in order; fails for markup that is not in order. */
export function elementsOf(page: string): SeenElement[] {
  const open: string[] = [];
  const elements: SeenElement[] = [];
  const body = page.replace(/^<!DOCTYPE html>\n/, "").replace(/<style>[^<]*<\/style>/, "");
  for (const [tag, slash, name, rest] of body.matchAll(/<(\/?)([a-zA-Z0-9]*)([^<]*?)>/g)) {
    assert.match(name!, /^[a-z][a-z0-9]*$/, `odd tag ${tag}`);
    if (slash === "/") {
      assert.equal(open.pop(), name, `${tag} closes something else`);
      continue;
    }
    const attributes = new Map<string, string>();
    const left = rest!.replace(/\s+([a-z-]+)=(?:"([^"]*)"|'([^']*)')/g, (_, key: string, a?: string, b?: string) => {
      attributes.set(key, a ?? b ?? "");
      return "";
    });
    assert.equal(left, "", `odd attributes in ${tag}`);
    elements.push({ name: name!, attributes });
    if (!VOID.has(name!)) open.push(name!);
  }
  assert.deepEqual(open, [], "elements that are never closed");
  assert.equal(/&(?!(?:amp|lt|gt|quot|#39);)/.test(body), false, "an ampersand that is not escaped");
  const ids = elements.flatMap((element) => element.attributes.get("id") ?? []);
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
  return elements;
}

/** What every page of ours must have for people who do not see it, or see it differently. */
export function assertAccessible(page: string): void {
  const elements = elementsOf(page);
  const named = (name: string): SeenElement[] => elements.filter((element) => element.name === name);
  assert.equal(named("main").length, 1);
  assert.equal(named("h1").length, 1);
  assert.equal(named("html")[0]?.attributes.get("lang"), "en");
  assert.equal(named("table").length, named("caption").length, "every table has a caption");
  assert.ok(named("th").every((cell) => cell.attributes.has("scope")), "every th has a scope");
  assert.ok(
    named("section").every(({ attributes }) => attributes.has("aria-label") || attributes.has("aria-labelledby")),
  );
  assert.ok(named("progress").every(({ attributes }) => attributes.has("aria-label") && attributes.has("max")));
  assert.ok(
    named("time").every(({ attributes }) =>
      /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/.test(attributes.get("datetime") ?? "")
    ),
  );
  assert.equal(named("script").length, 0);
  const ids = new Set(elements.flatMap((element) => element.attributes.get("id") ?? []));
  for (const { attributes } of named("a")) {
    const href = attributes.get("href") ?? "";
    if (href.startsWith("#")) assert.ok(ids.has(href.slice(1)), `${href} leads nowhere`);
  }
}
