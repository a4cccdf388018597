import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { FarmConfig } from "../../../lib/farm/config/farm-config.ts";
import { loadConfig } from "../../../lib/farm/config/load.ts";

async function configOf(text: string, override?: string): Promise<FarmConfig> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-config-"));
  try {
    writeFileSync(join(directory, "w.conf"), text);
    return await loadConfig({
      file: join(directory, "w.conf"),
      override,
      home: "",
      env: {},
      systemFile: "/nowhere/wikidump.conf",
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const LAYERED = `
[wiki]
export = /x/{wiki}
[cleanup]
keep = 2
[output]
temp = /normal
[reporting]
staleage = 60
[bigwikis]
keep = 5
temp = /big
[tenwiki]
keep = 7
[elwiki]
`;

describe("settings of a wiki", () => {
  test("come from its own section, then the override section, then the key's section, then the default", async () => {
    const plain = await configOf(LAYERED);
    const big = await configOf(LAYERED, "bigwikis");
    const keep = (config: FarmConfig, wiki?: string): number => config.forWiki(wiki).cleanup.keep;
    assert.deepEqual([keep(plain), keep(plain, "elwiki"), keep(plain, "tenwiki"), keep(plain, "otherwiki")], [
      2,
      2,
      7,
      2,
    ]);
    assert.deepEqual([keep(big), keep(big, "elwiki"), keep(big, "tenwiki"), keep(big, "otherwiki")], [5, 5, 7, 5]);
    assert.deepEqual([plain.forWiki().output.temp, big.forWiki("tenwiki").output.temp], ["/normal", "/big"]);
    assert.equal(big.forWiki("tenwiki").reporting.staleage, 60);
    assert.equal(big.forWiki("tenwiki").output.public, "/dumps/public");
  });

  test("of level override are not taken from the wiki's own section", async () => {
    const config = await configOf("[wiki]\nexport=/x\n[output]\ntemp=/normal\n[tenwiki]\ntemp=/mine\n");
    assert.equal(config.forWiki("tenwiki").output.temp, "/normal");
  });

  test("inherit from [DEFAULT] in every section that a file has, and in sections of ours", async () => {
    const config = await configOf("[DEFAULT]\nkeep=9\nexport=/x\nprivate=/p\n[cleanup]\nkeep=2\n[tenwiki]\n");
    assert.equal(config.forWiki("tenwiki").cleanup.keep, 9);
    assert.equal(config.forWiki("otherwiki").cleanup.keep, 2);
    assert.equal(config.forWiki("otherwiki").output.private, "/p");
  });

  test("cannot be changed", async () => {
    const settings = (await configOf(LAYERED)).forWiki("tenwiki");
    assert.ok(Object.isFrozen(settings) && Object.values(settings).every((section) => Object.isFrozen(section)));
    assert.throws(() => {
      (settings.cleanup as { keep: number }).keep = 1;
    }, TypeError);
  });

  test("have no keys that are retired", async () => {
    const settings = (await configOf(LAYERED)).forWiki() as unknown as Record<string, Record<string, unknown>>;
    assert.equal("halt" in settings["wiki"]!, false);
    assert.equal("password" in settings["database"]!, false);
  });
});

describe("the source of a wiki", () => {
  const sourceOf = async (text: string, wiki = "tenwiki"): Promise<string> =>
    (await configOf(text)).forWiki(wiki).wiki.source;

  test("is an export when export is set, else a MediaWiki when dir is set", async () => {
    assert.equal(await sourceOf("[wiki]\nexport=/x\n"), "export");
    assert.equal(await sourceOf("[wiki]\ndir=/m\n"), "mediawiki");
    assert.equal(await sourceOf("[wiki]\ndir=/m\nexport=/x\n"), "export");
    assert.equal(await sourceOf("[wiki]\ndir=/m\nexport=/x\nsource=mediawiki\n"), "mediawiki");
    assert.equal(await sourceOf("[wiki]\ndir=/m\n[tenwiki]\nexport=/x\n"), "export");
    assert.equal(await sourceOf("[wiki]\nexport=/x\n[tenwiki]\nexport=\ndir=/m\n"), "mediawiki");
  });

  test("has the name of the wiki in the path of its export", async () => {
    const config = await configOf("[wiki]\nexport=/x/{wiki}/{wiki}.xml\n");
    assert.equal(config.forWiki("tenwiki").wiki.export, "/x/tenwiki/tenwiki.xml");
    assert.equal(config.forWiki().wiki.export, "/x/{wiki}/{wiki}.xml");
    assert.equal(config.forWiki("a$&b").wiki.export, "/x/a$&b/a$&b.xml");
  });

  test("is an error that names both keys when nothing says what it is", async () => {
    const config = await configOf("[output]\npublic=/p\n");
    assert.equal(config.forWiki().wiki.source, "");
    assert.throws(() => config.forWiki("tenwiki"), {
      name: "ConfigError",
      code: "MISSING",
      message: /neither export nor dir/,
    });
  });

  test("is an error when it is named and its key is missing", async () => {
    await assert.rejects(sourceOf("[wiki]\nsource=mediawiki\nexport=/x\n"), { code: "MISSING", key: "dir" });
    await assert.rejects(sourceOf("[wiki]\nsource=export\ndir=/m\n"), { code: "MISSING", key: "export" });
  });
});

test("explain says from which section and line a setting comes", async () => {
  const config = await configOf(LAYERED, "bigwikis");
  const origin = (wiki: string, name: string): string => {
    const found = config.explain(wiki).find(({ key }) => key === name)!;
    return `${found.text} ${found.fromSection}:${found.line}`;
  };
  assert.equal(origin("tenwiki", "keep"), "7 tenwiki:14");
  assert.equal(origin("elwiki", "keep"), "5 bigwikis:11");
  assert.equal(origin("elwiki", "staleage"), "60 reporting:9");
  assert.equal(origin("elwiki", "public"), "/dumps/public :0");
});
