/** Runs examples/verify-mirror.ts on Node and on Deno, over a directory as a mirror has it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { denoPath } from "../support/child.ts";
import { scratchDirectory } from "../support/scratch.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/verify-mirror.ts", import.meta.url));
const RUNTIMES: Readonly<Record<string, readonly string[] | undefined>> = {
  Node: [process.execPath, "--import", import.meta.resolve("tsx")],
  Deno: denoPath() === undefined
    ? undefined
    : [denoPath()!, "run", "--quiet", "--no-prompt", "--cached-only", "--allow-read"],
};

const sumOf = (kind: string, text: string): string => createHash(kind).update(text).digest("hex");

/** A directory with three lists, which name four files; the last one is not there. */
function mirror(): string {
  const path = scratchDirectory("mirror");
  for (const name of ["a.xml.bz2", "b.sql.gz", "c.txt"]) writeFileSync(join(path, name), name);
  const md5 = ["a.xml.bz2", "d.7z"].map((name) => `${sumOf("md5", name)}  ${name}\n`);
  writeFileSync(join(path, "tiny-20260101-md5sums.txt"), md5.join(""));
  writeFileSync(join(path, "tiny-20260101-sha1sums.txt"), `${sumOf("sha1", "a.xml.bz2")} *a.xml.bz2\n`);
  const files = Object.fromEntries(["b.sql.gz", "c.txt"].map((name) => [name, { size: 5, sha1: sumOf("sha1", name) }]));
  writeFileSync(
    join(path, "dumpstatus.json"),
    JSON.stringify({ jobs: { waiting: { status: "waiting" }, some: { files } } }),
  );
  return path;
}

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  test(
    `the example that verifies a mirror, on ${runtime}`,
    { skip: command === undefined && `${runtime} is not here` },
    () => {
      const verify = (directory: string): { status: number | null; stdout: string } => {
        const [file, ...args] = [...command!, EXAMPLE, directory];
        const { status, stdout, stderr } = spawnSync(file!, args, { encoding: "utf8", timeout: 60_000 });
        assert.equal(stderr, "");
        return { status, stdout };
      };
      const directory = mirror();
      writeFileSync(join(directory, "c.txt"), "C.txt");
      assert.deepEqual(verify(directory), {
        status: 1,
        stdout: "good    b.sql.gz\nwrong   c.txt\ngood    a.xml.bz2\nmissing d.7z\n2 good, 1 missing, 1 wrong\n",
      });
      writeFileSync(join(directory, "c.txt"), "c.txt");
      writeFileSync(join(directory, "d.7z"), "d.7z");
      assert.deepEqual(verify(directory).status, 0);
      for (const list of ["dumpstatus.json", "tiny-20260101-md5sums.txt", "tiny-20260101-sha1sums.txt"]) {
        rmSync(join(directory, list));
      }
      assert.deepEqual(verify(directory), { status: 1, stdout: "0 good, 0 missing, 0 wrong\n" });
    },
  );
}
