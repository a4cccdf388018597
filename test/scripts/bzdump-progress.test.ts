/** bzdump --progress: who is shown it, and what programs are told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { progressMode } from "../../scripts/bzdump/common-options.ts";
import { bzdump, directoryWith } from "./bzdump-cases.ts";

test("--quiet hides progress, unless it is asked for", () => {
  assert.equal(progressMode({ progress: undefined, quiet: false }), "auto");
  assert.equal(progressMode({ progress: undefined, quiet: true }), "never");
  for (const progress of ["auto", "always", "never", "json"] as const) {
    assert.equal(progressMode({ progress, quiet: true }), progress);
  }
});

test("--progress=json ends with all that was read and what it held, on stderr, also with --quiet", async () => {
  const plain = new Uint8Array(300_000).fill(97);
  const packed = compress(plain);
  const { code, stdout, stderr } = await bzdump(
    "test --quiet --progress=json a.bz2",
    directoryWith({ "a.bz2": packed }),
  );
  assert.deepEqual([code, stdout.length], [0, 0]);
  const last = JSON.parse(stderr.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
  assert.deepEqual(
    [last["schema"], last["label"], last["bytesIn"], last["totalBytesIn"], last["bytesOut"]],
    ["wikidump/progress@1", "a.bz2", packed.length, packed.length, plain.length],
  );
});
