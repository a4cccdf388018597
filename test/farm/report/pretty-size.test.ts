import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { exactSize, prettySize } from "../../../lib/farm/report/pretty-size.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";

const MB = 1024 ** 2;

test("sizes are cut to whole KB and have one decimal above", () => {
  assert.equal(prettySize(0), "0 bytes");
  assert.equal(prettySize(1023), "1023 bytes");
  assert.equal(prettySize(1024), "1 KB");
  assert.equal(prettySize(2047), "1 KB");
  assert.equal(prettySize(MB - 1), "1023 KB");
  assert.equal(prettySize(MB), "1.0 MB");
  assert.equal(prettySize(1024 ** 3 * 1.5), "1.5 GB");
  assert.equal(prettySize(1024 ** 5), "1024.0 TB");
});

test("exact sizes have groups of three digits", () => {
  assert.equal(exactSize(1), "1 byte");
  assert.equal(exactSize(999), "999 bytes");
  assert.equal(exactSize(1234567), "1,234,567 bytes");
});

test("decimals are those of Python, ties included", { skip: skipWithoutCommand("python3") }, () => {
  const sizes = [MB * 1.25, MB * 1.75, MB * 2.25, MB * 1023.95, MB * 1024 - 1, MB * 1024 * 7.05, MB * MB * 3.35]
    .map(Math.floor);
  for (let n = 0; n < 500; n++) sizes.push(MB + n * 52429, MB * (n + 1) + MB / 4);
  const script = `import sys, json
for n in json.load(sys.stdin):
    u = "MB"; x = n / 1048576
    for name in ("GB", "TB"):
        if x >= 1024: x /= 1024; u = name
    print("%.1f %s" % (x, u))`;
  const python = spawnSync("python3", ["-c", script], { input: JSON.stringify(sizes), encoding: "utf8" });
  assert.equal(python.status, 0, python.stderr);
  assert.deepEqual(sizes.map(prettySize), python.stdout.trimEnd().split("\n"));
});
