/** Every verb of bzdump that reads standard input, with bad data there: told as of a file, with its place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runScript } from "../run-script.ts";
import type { FileName } from "./faults.ts";
import { checkPlace, checkRemedy, KNOWN, leftOvers, place, verbOf } from "./run-trial.ts";
import { codesFor, fileFor } from "./verb-trials.ts";

const FAULTS: readonly FileName[] = ["empty", "cut-in-the-middle", "flip-in-data"];

for (const [name, trial] of KNOWN.filter(([, { takesStdin }]) => takesStdin)) {
  test(`${name}: standard input that is empty, cut, or damaged`, async () => {
    await Promise.all(FAULTS.map(async (fault) => {
      const { out, directory } = place(undefined, trial);
      const { code, stdout, stderr } = await runScript("bzdump", [verbOf(name), ...trial.args("-", out)], {
        cwd: directory,
        input: fileFor(trial, fault).bytes,
      });
      assert.ok(codesFor(trial, fault).includes(code ?? -1), `${fault}: exit code ${code}: ${stderr}`);
      if (code === 0 || code === 1) return;
      assert.match(stderr, /standard input/, fault);
      assert.doesNotMatch(stderr, /^\s+at /m);
      const outcome = { code: code!, stdout: new TextDecoder().decode(stdout), stderr };
      if (fault !== "empty") checkPlace(outcome);
      checkRemedy(outcome);
      assert.deepEqual(leftOvers(directory), []);
    }));
  });
}
