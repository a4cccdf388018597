import assert from "node:assert/strict";
import { test } from "node:test";
import { SCHEMA, SCHEMA_KEYS } from "../../../lib/farm/config/schema.ts";
import type { WikiSettings } from "../../../lib/farm/config/schema.ts";
import { readValue } from "../../../lib/farm/config/values.ts";

test("every default is a value that its key accepts", () => {
  for (const { section, name, spec } of SCHEMA_KEYS) {
    assert.doesNotThrow(() => readValue(spec.default, spec, (path) => path), `[${section}] ${name}`);
  }
});

test("every key has one sentence with a full stop", () => {
  for (const { section, name, spec } of SCHEMA_KEYS) {
    assert.match(spec.text, /^[A-Z0-9].*\.\)?$/s, `[${section}] ${name}`);
  }
});

test("no two keys that a wiki's section may have share a name", () => {
  const names = SCHEMA_KEYS.filter(({ spec }) => spec.level !== "normal").map(({ name }) => name.toLowerCase());
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

test("no two keys of a section differ in letter case only", () => {
  for (const keys of Object.values(SCHEMA)) {
    const names = Object.keys(keys).map((name) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length);
  }
});

test("all keys of the reference are known, with its levels", () => {
  const byName = new Map(SCHEMA_KEYS.map((key) => [`${key.section}.${key.name}`, key.spec.level]));
  const expected: Readonly<Record<string, readonly string[]>> = {
    wiki: [
      "wiki.dir",
      "cleanup.keep",
      "otherformats.multistream",
      "stubs.minpages",
      "stubs.maxrevs",
      "misc.maxRetries",
      "misc.skipJobs",
    ],
    override: [
      "wiki.dblist",
      "wiki.skipdblist",
      "wiki.privatelist",
      "output.public",
      "output.logfile",
      "misc.fixeddumporder",
    ],
    normal: ["wiki.multiversion", "reporting.staleage", "tools.php", "query.queryfile", "database.client_config_file"],
  };
  for (const [level, names] of Object.entries(expected)) {
    for (const name of names) assert.equal(byName.get(name), level, name);
  }
  const chunks = [
    "chunksEnabled",
    "pagesPerChunkHistory",
    "revsPerChunkHistory",
    "pagesPerChunkAbstract",
    "chunksForPagelogs",
  ];
  const more = [
    "logitemsPerPagelogs",
    "jobsperbatch",
    "recombineHistory",
    "recombineMetaCurrent",
    "checkpointTime",
    "revsPerJob",
  ];
  const rest = [
    "maxrevbytes",
    "revsMargin",
    "revinfostash",
    "retryWait",
    "lbzip2threads",
    "contentbatchesEnabled",
    "testsleep",
  ];
  for (const name of [...chunks, ...more, ...rest]) assert.equal(byName.get(`chunks.${name}`), "wiki", name);
});

test("the type of the settings follows from the table", () => {
  // Checked by the compiler; the values only make sure that something is checked.
  const cut: Pick<WikiSettings["wiki"], "source" | "skipdblist"> = { source: "mediawiki", skipdblist: [] };
  const keep: WikiSettings["cleanup"]["keep"] = 3;
  const isOn: WikiSettings["chunks"]["chunksEnabled"] = true;
  const counts: WikiSettings["chunks"]["jobsperbatch"] = { xmlstubsdump: 4 };
  // @ts-expect-error a word that is no choice
  const verify: WikiSettings["output"]["verify"] = "sometimes";
  // @ts-expect-error retired keys are no settings
  const halt: WikiSettings["wiki"]["halt"] = "1";
  assert.deepEqual([cut.source, keep, isOn, counts, verify, halt].length, 6);
});
