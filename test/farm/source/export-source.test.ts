import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { exportSource } from "../../../lib/farm/source/export-source.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { tinyDump, type TinyPage } from "../../support/tiny-dump.ts";

test("an export is read as far as the last page that somebody looks at, and no further", async () => {
  const text = "x".repeat(40_000);
  const pages = Array.from({ length: 100 }, (_, index): TinyPage => {
    return { id: index + 1, title: `Page ${index + 1}`, revisions: [{ id: index + 1, text }] };
  });
  const directory = scratchDirectory("export");
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/tinywiki.xml`, tinyDump(pages));
  const seen: number[] = [];
  const read = async (last: number) => {
    seen.length = 0;
    let bytesRead = 0;
    const reading = exportSource("tinywiki", directory).reading({ kind: "text", part: undefined });
    await reading.run([{ take: (event) => void (event.type === "page" && seen.push(event.page.id)) }], {
      revisions: "all",
      pages: [{ first: 5, last }],
      signal: new AbortController().signal,
      onProgress: (progress) => bytesRead = progress.bytesRead,
    });
    return bytesRead;
  };
  const whole = await read(Infinity);
  assert.equal(seen.length, 100);
  const some = await read(10);
  assert.ok(seen.includes(11), "the page after the last one says that the range is over");
  assert.ok(some < whole / 4, `${some} of ${whole} bytes`);
});
