import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfigText } from "../../../lib/farm/config/config-text.ts";
import { renderExample } from "../../../lib/farm/config/render-example.ts";
import { SCHEMA, SCHEMA_KEYS } from "../../../lib/farm/config/schema.ts";
import { generatedFiles } from "../../../tools/example-conf.ts";

test("wikidump.conf.example and the tables of docs/configuration.md are those of the schema (npx tsx tools/example-conf.ts)", () => {
  for (const { path, found, wanted } of generatedFiles()) assert.ok(found === wanted, `${path} is stale`);
});

test("the example as it is sets nothing, and is in order", () => {
  const { sections, problems } = parseConfigText(renderExample(), "example");
  assert.deepEqual(problems, []);
  assert.deepEqual([...sections.keys()], Object.keys(SCHEMA));
  assert.ok([...sections.values()].every((keys) => keys.size === 0));
});

test("the example with every key uncommented has every key with its default", () => {
  const { sections, problems } = parseConfigText(renderExample().replace(/^#(?=\w+ =)/gm, ""), "example");
  assert.deepEqual(problems, []);
  for (const { section, name, spec } of SCHEMA_KEYS.filter((key) => key.spec.status !== "retired")) {
    assert.equal(sections.get(section)?.get(name.toLowerCase())?.value, spec.default, `[${section}] ${name}`);
  }
});
