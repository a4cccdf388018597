import assert from "node:assert/strict";
import test from "node:test";
import { loadConfig } from "../../lib/farm/config/load.ts";
import { neededPaths } from "../../lib/farm/needed-paths.ts";
import { readWikiLists } from "../../lib/farm/wiki-lists.ts";
import { TestFarm } from "./test-farm.ts";

async function needed(farm: TestFarm) {
  const config = await loadConfig({ file: farm.configFile });
  return neededPaths(config, await readWikiLists(config.forWiki()), { file: farm.configFile });
}

test("a farm of exports needs its trees and lists, and no program", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: "[tewiki]\nsource=export\nexport=/srv/exports\n" });
  const { paths, programs } = await needed(farm);
  for (const path of [farm.configFile, farm.path("public"), farm.path("temp"), "/srv/exports"]) {
    assert.ok(paths.includes(path), path);
  }
  assert.deepEqual(programs, []);
});

test("a farm with MediaWiki needs its directories and files, four programs, and its mail server", async (context) => {
  const keys = [
    "templatedir=/srv/templates",
    "[tools]\nphp=/usr/bin/php8\nsevenzip=/usr/bin/7zz",
    "[reporting]\nsmtpserver=[::1]",
    "[wiki]\nmultiversion=/srv/multi",
    "[tewiki]\ndir=/srv/mediawiki",
  ];
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: keys.join("\n") });
  const { paths, programs, hosts } = await needed(farm);
  for (const path of ["/srv/templates", "/srv/mediawiki", "/srv/multi", "/usr/bin/7zz"]) {
    assert.ok(paths.includes(path), path);
  }
  assert.deepEqual([...programs].sort(), ["/usr/bin/7zz", "/usr/bin/php8", "mysql", "mysqldump"]);
  assert.deepEqual(hosts, ["[::1]:25"]);
});

test("without a path, 7-Zip may be any program that is one", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: "[tewiki]\ndir=/srv/mediawiki" });
  const { programs } = await needed(farm);
  assert.ok(["7za", "7z", "7zz"].every((name) => programs.includes(name)));
});
