/** Every verb of bzdump on a good file, and with outputs that cannot be written. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { runScript } from "../run-script.ts";
import { FILE } from "./faults.ts";
import { checkRemedy, checkWords, KNOWN, leftOvers, place, run, verbOf } from "./run-trial.ts";
import { OUTPUT_NAME, RANGE, ROOT } from "./verb-trials.ts";

const DISK = join(ROOT, "disk");
mkdirSync(DISK);
const canMount = process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", DISK]).status === 0 &&
  spawnSync("umount", [DISK]).status === 0;

const mayWriteAnywhere = process.getuid?.() === 0 ? "root may write to any directory" : false;

/** Verbs whose output is bzip2 data. */
const WRITES_PACKED = ["compress", "append", "recompress"];

/** Takes all room that there is. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, new Uint8Array(4096));
  } catch {
    // No more room.
  }
}

for (const [name, trial] of KNOWN) {
  const content = trial.good ?? FILE;
  const good = join(mkdtempSync(join(ROOT, "good-")), `good.xml-${RANGE}.bz2`);
  writeFileSync(good, content);

  test(`${name}: a good file is good`, async () => {
    const { out, directory } = place(undefined, trial);
    const outcome = await run(name, trial.args(good, out));
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(leftOvers(directory).length > 0, trial.output !== "none");
  });

  test(`${name}: a file that is missing, and a directory`, async () => {
    const { file, out, directory } = place(undefined, trial);
    const inside = join(directory, "in.xml-p1p9.bz2");
    mkdirSync(inside);
    for (const wrong of [file, inside]) {
      const outcome = await run(name, trial.args(wrong, out));
      assert.equal(outcome.code, 74, outcome.stderr);
      checkWords(outcome, wrong);
      checkRemedy(outcome);
      assert.deepEqual(leftOvers(directory), []);
    }
  });

  if (trial.output !== "none") {
    test(`${name}: an output directory that is missing, or is a file`, async () => {
      const { directory } = place(undefined, trial);
      for (const parent of [join(directory, "nowhere"), good]) {
        const out = trial.output === "directory" ? parent : join(parent, OUTPUT_NAME);
        const outcome = await run(name, trial.args(good, out));
        assert.equal(outcome.code, 74, outcome.stderr);
        checkWords(outcome, parent);
        checkRemedy(outcome);
        assert.deepEqual(leftOvers(directory), []);
      }
    });

    test(`${name}: an output that exists stays as it is`, async () => {
      if (name === "compress") return;
      const { out, directory } = place(undefined, trial);
      if (trial.output === "directory") return;
      writeFileSync(out, "mine");
      const outcome = await run(name, trial.args(good, out));
      assert.equal(outcome.code, 74, outcome.stderr);
      checkRemedy(outcome);
      assert.equal(readFileSync(out, "utf8"), "mine");
      assert.deepEqual(leftOvers(directory), [OUTPUT_NAME]);
    });

    test(`${name}: an output that is the input is refused, and with -f the input is read to its end first`, async () => {
      if (trial.output === "directory" || name.startsWith("index")) return;
      const { file, directory } = place(content, trial);
      const args = trial.args(file, file).filter((word) => word !== "-f");
      const refused = await run(name, args);
      // append has an option for that.
      assert.equal(refused.code, name === "append" ? 2 : 74, refused.stderr);
      checkRemedy(refused);
      assert.deepEqual(new Uint8Array(readFileSync(file)), new Uint8Array(content));
      if (name === "append") return assert.match(refused.stderr, /Use --in-place/);
      const forced = await run(name, [...args, "-f"]);
      assert.equal(forced.code, 0, forced.stderr);
      assert.deepEqual(leftOvers(directory), []);
      const { file: copy, out } = place(content, trial);
      await run(name, trial.args(copy, out));
      assert.deepEqual(readFileSync(file), readFileSync(out));
    });

    test(`${name}: a directory that may not be written to`, { skip: mayWriteAnywhere }, async () => {
      const { out, directory } = place(undefined, trial);
      const target = trial.output === "directory" ? out : directory;
      chmodSync(target, 0o500);
      const outcome = await run(name, trial.args(good, out));
      chmodSync(target, 0o700);
      assert.equal(outcome.code, 74, outcome.stderr);
      assert.match(outcome.stderr, /permission denied/);
      checkRemedy(outcome);
      assert.deepEqual(leftOvers(directory), []);
    });

    test(`${name}: compressed data are not written to a terminal`, async () => {
      if (!WRITES_PACKED.includes(name)) return;
      const args = trial.args(good, "-").filter((word) => word !== "-f");
      const refused = await run(name, args, { isTerminal: true });
      assert.deepEqual([refused.code, refused.stdout], [2, ""]);
      assert.match(refused.stderr, /not written to a terminal/);
      checkRemedy(refused);
      assert.equal((await run(name, [...args, "-f"], { isTerminal: true })).code, 0);
    });

    test(
      `${name}: a disk that is full`,
      { skip: canMount ? false : "no tmpfs can be mounted here (needs root)" },
      async () => {
        assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", DISK]).status, 0);
        try {
          fill(join(DISK, "filler"));
          const outcome = await run(
            name,
            trial.args(good, trial.output === "directory" ? DISK : join(DISK, OUTPUT_NAME)),
          );
          assert.equal(outcome.code, 74, outcome.stderr);
          assert.match(outcome.stderr, /no space left/);
          checkRemedy(outcome);
          assert.deepEqual(readdirSync(DISK), ["filler"]);
        } finally {
          spawnSync("umount", [DISK]);
        }
      },
    );
  }

  test(`${name}: standard input ${trial.takesStdin ? "will do" : "is refused with a remedy"}`, async () => {
    const { out, directory } = place(undefined, trial);
    if (!trial.takesStdin) {
      const outcome = await run(name, trial.args("-", out));
      assert.equal(outcome.code, 2, outcome.stderr);
      checkRemedy(outcome);
      assert.match(outcome.stderr, /tandard input/);
      return;
    }
    const { code, stderr } = await runScript("bzdump", [verbOf(name), ...trial.args("-", out)], {
      cwd: directory,
      input: content,
    });
    assert.equal(code, 0, stderr);
  });

  test(`${name}: a full standard output`, async () => {
    if (trial.output !== "none") return;
    const args = [verbOf(name), ...trial.args(good, "")];
    const { code, stderr } = await runScript("bzdump", args, { cwd: ROOT, shell: 'exec "$@" > /dev/full' });
    // What says nothing about a good file cannot fail to say it.
    assert.equal(code, 74, stderr);
    assert.match(stderr, /no space left/);
  });
}
