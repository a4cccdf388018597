/** On a farm with several versions of MediaWiki, every script is run by MWScript.php, and the dump is the same. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import { SKIP_WITHOUT_STACK, STACK } from "./stack-settings.ts";
import { WorkerHost } from "./worker-host.ts";

const WIKI = "lighthousewiki";
const DATE = "20260801";

/** A wrapper as such farms have it: finds the code of the wiki, runs the script, and here writes down which. */
function mwScript(mediaWiki: string, journal: string): string {
  return `<?php
$words = $argv;
array_shift( $words );
$script = array_shift( $words );
file_put_contents( '${journal}', "$script\\n", FILE_APPEND );
$path = '${mediaWiki}/' . ( strpos( $script, 'extensions/' ) === 0 ? '' : 'maintenance/' ) . $script;
$argv = $_SERVER['argv'] = array_merge( [ $path ], $words );
$argc = $_SERVER['argc'] = count( $argv );
require $path;
`;
}

test("MWScript.php runs every script of a run, and its files are those of a run without it", {
  skip: SKIP_WITHOUT_STACK,
}, async () => {
  const plain = new WorkerHost(STACK!);
  const direct = await plain.worker(WIKI, "--date", DATE);
  assert.equal(direct.status, 0, direct.stderr);

  // There is no MediaWiki in the directory that the configuration names.
  const host = new WorkerHost(STACK!);
  const configuration = readFileSync(host.configFile, "utf8");
  writeFileSync(host.configFile, configuration.replace(/^dir=.*$/m, "dir=/nowhere\nmultiversion=../multiversion"));
  const journal = host.path("scripts.txt");
  mkdirSync(host.path("multiversion"));
  writeFileSync(host.path("multiversion/MWScript.php"), mwScript(STACK!.directory, journal));
  const wrapped = await host.worker(WIKI, "--date", DATE);
  assert.equal(wrapped.status, 0, wrapped.stderr);

  assert.deepEqual(await host.contents("public", WIKI, DATE), await plain.contents("public", WIKI, DATE));
  const scripts = new Set(readFileSync(journal, "utf8").trimEnd().split("\n"));
  for (const name of ["getReplicaServer.php", "getConfiguration.php", "dumpBackup.php", "fetchText.php"]) {
    assert.ok(scripts.has(name), `${name} is not among ${[...scripts].join(", ")}`);
  }
});
