/** `--dryrun` on a real MediaWiki: what would be done, and by which commands; nothing is written, no secret is shown. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { SKIP_WITHOUT_STACK, STACK } from "./stack-settings.ts";
import { WorkerHost } from "./worker-host.ts";

const PARTS = "[lighthousewiki]\nchunksEnabled=1\npagesPerChunkHistory=20,20\ncheckpointTime=720\nrevsPerJob=100";
const OPTIONS = ["lighthousewiki", "--date", "20260801", "--dryrun"];

test("jobs with their files, and with --verbose the commands", { skip: SKIP_WITHOUT_STACK }, async () => {
  const host = new WorkerHost(STACK!, PARTS);
  const before = readdirSync(host.root, { recursive: true });
  const plain = await host.worker(...OPTIONS);
  assert.equal(plain.status, 0, plain.stderr);
  assert.match(plain.stdout, /^pagetable: \S+\/lighthousewiki-20260801-page\.sql\.gz$/m);
  assert.match(plain.stdout, /^xmlstubsdump: \S+stub-meta-history1\.xml\.gz .*stub-articles2\.xml\.gz$/m);
  assert.match(plain.stdout, /^articlesdump: page ranges that follow from the stubs$/m);
  assert.doesNotMatch(plain.stdout, /mysqldump/);

  const { status, stdout, stderr } = await host.worker(...OPTIONS, "--verbose");
  assert.equal(status, 0, stderr);
  const commands = stdout.split("\n").filter((line) => line.startsWith("    "));
  assert.deepEqual(stdout.split("\n").filter((line) => !line.startsWith("    ")), plain.stdout.split("\n"));
  for (
    const words of [
      "mysqldump .* page$",
      "dumpBackup\\.php .*--full --stub",
      "dumpBackup\\.php .*--logs",
      "fetchText\\.php",
      "GET http",
    ]
  ) {
    assert.ok(commands.some((line) => new RegExp(words).test(line)), words);
  }
  const password = /^password\s*=\s*"?([^"\n]+)/m.exec(readFileSync(STACK!.optionFile, "utf8"))![1]!;
  assert.ok(!stdout.includes(password) && !stderr.includes(password));
  assert.deepEqual(readdirSync(host.root, { recursive: true }), before);
});
