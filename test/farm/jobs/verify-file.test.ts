import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { compress } from "../../../lib/bzip2/compress.ts";
import { type Expectation, verifyFile } from "../../../lib/farm/jobs/verify-file.ts";
import { tinyDump } from "../../support/tiny-dump.ts";

const PLAIN = new TextEncoder().encode(tinyDump());
const hex = (kind: string, bytes: Uint8Array): string => createHash(kind).update(bytes).digest("hex");

/** Verifies a file that holds `onDisk`, as if `written` had been written to it. */
function verify(
  t: TestContext,
  { written, onDisk = written, ...change }:
    & { written: Uint8Array; onDisk?: Uint8Array }
    & Partial<Omit<Expectation, "written">>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-verify-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "tinywiki-20260101-x.xml.bz2.inprog");
  writeFileSync(path, onDisk);
  return verifyFile(path, {
    level: "full",
    extension: "bz2",
    root: "mediawiki",
    plainByteLength: PLAIN.length,
    written: { byteLength: written.length, md5: hex("md5", written), sha1: hex("sha1", written) },
    signal: new AbortController().signal,
    ...change,
  });
}

test("a whole file passes, of either format and on either level", async (t) => {
  for (const level of ["full", "footer"] as const) {
    await verify(t, { written: compress(PLAIN), level });
    await verify(t, { written: gzipSync(PLAIN), extension: "gz", level });
  }
});

test("a byte that changed on the disk is found on either level", async (t) => {
  const written = compress(PLAIN);
  const onDisk = written.slice();
  onDisk[20]! ^= 1;
  await assert.rejects(verify(t, { written, onDisk }), { code: "CHANGED", message: /inprog failed its check/ });
  const shallow = verify(t, { written, onDisk, level: "footer" });
  await assert.rejects(shallow, { code: "CHANGED", message: /what is on the disk is not what was written/ });
});

test("a file that is shorter on the disk is found", async (t) => {
  const written = compress(PLAIN);
  const onDisk = written.slice(0, -5);
  for (const level of ["full", "footer"] as const) {
    await assert.rejects(verify(t, { written, onDisk, level }), { code: "CHANGED" });
  }
});

test("a file that was written damaged is found, though its checksums fit", async (t) => {
  const damaged = compress(PLAIN);
  damaged[20]! ^= 1;
  await assert.rejects(verify(t, { written: damaged }), { code: "CHANGED", message: /it does not decode/ });
  const cut = compress(PLAIN).slice(0, -5);
  await assert.rejects(verify(t, { written: cut, level: "footer" }), { message: /no bzip2 trailer/ });
});

test("a file that decodes to another number of bytes, or to no closing tag, is found", async (t) => {
  const longer = { written: compress(PLAIN), plainByteLength: PLAIN.length + 1 };
  await assert.rejects(verify(t, longer), { message: /decodes to \d+ bytes where \d+ went in/ });
  const open = PLAIN.subarray(0, PLAIN.length - 5);
  const unclosed = { written: compress(open), plainByteLength: open.length };
  await assert.rejects(verify(t, unclosed), { message: /does not end with <\/mediawiki>/ });
  await verify(t, { ...unclosed, root: undefined });
});
