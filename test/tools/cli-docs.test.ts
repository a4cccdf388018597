import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAllVerbs } from "../../scripts/bzdump/verbs.ts";
import { docsPages } from "../../tools/cli-docs.ts";

test("every verb has a page with all its options, and a row in the table", async () => {
  const pages = await docsPages();
  const table = pages.find(({ path }) => path.endsWith("docs/cli/bzdump.md"))!.wanted;
  for (const { name, spec } of await loadAllVerbs()) {
    const page = pages.find(({ path }) => path.endsWith(`docs/cli/bzdump/${name}.md`));
    for (const option of Object.keys(spec.options)) {
      assert.ok(page?.wanted.includes(`--${option}`), `${name} --${option}`);
    }
    assert.ok(table.includes(`[\`${name}\`](bzdump/${name}.md)`), name);
  }
});

test("what is written by hand stays: each page begins as it was", async () => {
  for (const { found, wanted } of await docsPages()) {
    if (found === undefined) continue;
    const head = found.slice(0, found.indexOf("<!--"));
    assert.ok(head !== "" && wanted.startsWith(head));
  }
});
