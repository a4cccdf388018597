import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { DumpOutput } from "../../../lib/farm/jobs/dump-output.ts";
import { recombineMembers } from "../../../lib/farm/jobs/recombine/recombine-members.ts";
import { stubsJob } from "../../../lib/farm/jobs/stubs.ts";
import { exportSource } from "../../../lib/farm/source/export-source.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { TINY_PAGES, tinyDump, tinyHeader } from "../../support/tiny-dump.ts";
import type { TinyPage } from "../../support/tiny-dump.ts";
import { put } from "./recombine/make-pieces.ts";

const signal = new AbortController().signal;
const DUMPS = ["stub-meta-history", "stub-meta-current", "stub-articles"];

/** Writes the stubs of an export, and gives for each of the three dumps its path and the texts of its members. */
async function stubsOf(pages: readonly TinyPage[], part = ""): Promise<{ path: string; members: string[] }[]> {
  const directory = scratchDirectory("stubs");
  const reading = exportSource("tinywiki", put(directory, "tinywiki.xml", tinyDump(pages)))
    .reading({ kind: "stubs", part: undefined });
  const outputs = await Promise.all(
    DUMPS.map((dump) =>
      DumpOutput.open(`${directory}/tinywiki-20260101-${dump}${part}.xml.gz`, {
        root: "mediawiki",
        extension: "gz",
        tools: { bzip2: "", gzip: "" },
        signal,
      })
    ),
  );
  const work = stubsJob.start({ wiki: "tinywiki", tempDirectory: directory, outputs });
  await reading.run([work], { revisions: "all", signal, onProgress: () => undefined });
  await work.finish();
  return await Promise.all(outputs.map(async (output) => {
    await output.finish("full");
    const { streamEnds } = output;
    await output.publish();
    const file = readFileSync(output.path);
    assert.equal(streamEnds.at(-1), file.length);
    const members = streamEnds.map((end, at) => gunzipSync(file.subarray(streamEnds[at - 1] ?? 0, end)).toString());
    return { path: output.path, members };
  }));
}

test("stubs are three members: header, pages, footer", async () => {
  const counts = [TINY_PAGES.length, TINY_PAGES.length, 3];
  for (const [at, { members }] of (await stubsOf(TINY_PAGES)).entries()) {
    assert.equal(members.length, 3);
    const [header, body, footer] = members as [string, string, string];
    assert.equal(header, tinyHeader());
    assert.ok(body.startsWith("  <page>\n") && body.endsWith("  </page>\n"));
    if (at < 2) assert.equal(body.split("<page>").length - 1, counts[at]);
    assert.equal(footer, "</mediawiki>\n");
  }
});

test("stubs of a wiki without pages have an empty member between header and footer", async () => {
  for (const { members } of await stubsOf([])) assert.deepEqual(members, [tinyHeader(), "", "</mediawiki>\n"]);
});

test("stubs of parts, one of them empty, are joined to those of the whole", async () => {
  const parts = await Promise.all([
    stubsOf(TINY_PAGES.slice(0, 2), "1"),
    stubsOf([], "2"),
    stubsOf(TINY_PAGES.slice(2), "3"),
  ]);
  const whole = await stubsOf(TINY_PAGES);
  for (const [at, dump] of DUMPS.entries()) {
    const outputPath = `${scratchDirectory("stubs")}/tinywiki-20260101-${dump}.xml.gz`;
    const pieces = parts.map((part) => part[at]!.path);
    await (await recombineMembers({ pieces, outputPath, verify: "full" }).run({ signal })).publish();
    assert.equal(gunzipSync(readFileSync(outputPath)).toString(), whole[at]!.members.join(""));
  }
});
