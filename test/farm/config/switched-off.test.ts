/** What the reference takes for "on": the text "0". Here a setting that says off is off (W13). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../../lib/farm/config/load.ts";
import { SCHEMA_KEYS } from "../../../lib/farm/config/schema.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

async function valueOf(section: string, key: string, text: string): Promise<unknown> {
  const file = join(scratchDirectory("config"), "farm.conf");
  writeFileSync(file, `[${section}]\n${key}=${text}\n`);
  const config = await loadConfig({ file, home: "", env: {}, systemFile: "/nowhere" });
  return (config.forWiki() as unknown as Record<string, Record<string, unknown>>)[section]![key];
}

test("0, off, no and nothing switch off, whatever kind of switch it is", async () => {
  const switches = SCHEMA_KEYS.filter(({ spec }) => spec.type === "boolean" && spec.status !== "retired");
  assert.ok(switches.length > 3);
  for (const { section, name } of switches) {
    for (const text of ["0", "off", "no", "false", ""]) {
      assert.equal(await valueOf(section, name, text), false, `[${section}] ${name}=${text}`);
    }
  }
  const threads = SCHEMA_KEYS.find(({ name }) => name === "lbzip2threads")!;
  assert.equal(threads.spec.type, "integer");
  if (threads.spec.status !== "retired") assert.equal(await valueOf(threads.section, threads.name, "0"), 0);
});
