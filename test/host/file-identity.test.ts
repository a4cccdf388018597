import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { identityOfOpenFile, identityOfPath, removeIf, uniqueSibling } from "../../lib/host/file-identity.ts";
import { isProcessAlive, ownPid } from "../../lib/host/machine.ts";
import { observeFile, removeObserved } from "../../lib/host/observed-file.ts";
import { scratchDirectory } from "../support/scratch.ts";

async function scratchFile(content: string): Promise<string> {
  const path = join(scratchDirectory("identity"), "file");
  writeFileSync(path, content);
  return path;
}

test("a file has one identity under all its names, and another file has another", async () => {
  const path = await scratchFile("x");
  const fd = openSync(path, "r");
  const identity = identityOfOpenFile(fd);
  linkSync(path, `${path}2`);
  assert.equal(identityOfPath(`${path}2`), identity);
  renameSync(path, `${path}3`);
  assert.equal(identityOfPath(path), undefined);
  writeFileSync(path, "y");
  assert.notEqual(identityOfPath(path), identity);
  closeSync(fd);
});

test("a symbolic link is not the file that it leads to", async () => {
  const path = await scratchFile("x");
  symlinkSync(path, `${path}-link`);
  assert.notEqual(identityOfPath(`${path}-link`), identityOfPath(path));
});

test("a unique sibling is hidden, in the same directory, and another one each time", () => {
  const [one, two] = [uniqueSibling("/a/b/lock_20260101"), uniqueSibling("/a/b/lock_20260101")];
  assert.equal(dirname(one), "/a/b");
  assert.match(basename(one), /^\.lock_20260101~\d+-[0-9a-f]{12}$/);
  assert.notEqual(one, two);
});

test("a stranger that comes between looking and removing is put back untouched", async () => {
  const path = await scratchFile("mine");
  const stranger = `${path}-stranger`;
  writeFileSync(stranger, "stranger");
  const identity = identityOfPath(stranger);
  let looks = 0;
  const isRemoved = removeIf(path, (candidate) => {
    // As if the stranger arrived right after the first look.
    if (looks++ === 0) {
      renameSync(stranger, path);
      return true;
    }
    return readFileSync(candidate, "utf8") === "mine";
  });
  assert.equal(isRemoved, false);
  assert.equal(looks, 2);
  assert.equal(readFileSync(path, "utf8"), "stranger");
  assert.equal(identityOfPath(path), identity);
  assert.deepEqual(readdirSync(dirname(path)), ["file"]);
});

test("removing what is not there does nothing", async () => {
  const path = await scratchFile("x");
  assert.equal(removeIf(`${path}-absent`, () => true), false);
  assert.equal(removeIf(path, () => false), false);
  assert.equal(removeIf(path, () => true), true);
  assert.equal(existsSync(path), false);
});

test("an observed file is removed only while it is the same", async () => {
  const path = await scratchFile("one");
  const seen = (await observeFile(path))!;
  writeFileSync(path, "two");
  assert.equal(removeObserved(seen), false);
  assert.equal(await observeFile(`${path}-absent`), undefined);
  assert.equal(removeObserved((await observeFile(path))!, { untouched: true }), true);
});

test("a process that is alive is seen, one that never was is not", () => {
  assert.equal(isProcessAlive(ownPid()), true);
  assert.equal(isProcessAlive(1), true);
  assert.equal(isProcessAlive(2 ** 30), false);
});
