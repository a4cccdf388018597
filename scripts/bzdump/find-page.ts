/**
 * bzdump find-page: tells where in a compressed dump pages begin. · findpageidinbz2xml
 */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { findIndexedPages } from "../../lib/dump/index/find-indexed-page.ts";
import {
  type FindPageOptions,
  findPageOrNeighbours,
  type PageNeighbours,
  type PagePlace,
} from "../../lib/dump/pages/find-page.ts";
import { oldPosition } from "../../lib/dump/blocks/old-position.ts";
import { UsageError } from "../../lib/errors.ts";
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile } from "./io/file-error.ts";
import { indexEntries } from "./index/index-input.ts";
import { indexBeside } from "./index/index-beside.ts";
import { openSource } from "./io/open-source.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump find-page",
    summary: "Tells in which block of a compressed dump a page begins, decoding a few blocks only.",
    positionals: [
      { name: "file", text: "a bzip2 dump, or its URL" },
      { name: "id", text: "page ids", isRepeated: true },
    ],
    options: {
      index: {
        kind: "text",
        placeholder: "INDEX",
        text: "index of a multistream dump; one beside the dump is found by its name",
      },
      "no-index": { kind: "flag", text: "do not use the index beside the dump" },
      verbose: { kind: "flag", short: "v", text: "show every block that is decoded, on stderr" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON per page, on stdout" },
    },
    examples: [
      { command: "bzdump find-page pages-meta-history.xml.bz2 600", text: "where page 600 begins" },
      { command: "bzdump find-page https://…/pages-articles.xml.bz2 12 600 --json", text: "two pages, on a server" },
    ],
    notes: [
      "bit: of the file, where the block begins; byte: the one in which that is; position: as findpageidinbz2xml counts",
      "(one less where the block begins on a byte); first_page_id: the first page that begins in the block.",
      "A page that is not there is told on stderr with its neighbours, and gives exit code 1.",
    ],
  } satisfies CommandSpec,
);

type Found = PagePlace | PageNeighbours;

interface Search {
  readonly file: string;
  readonly pageIds: readonly number[];
  readonly options: Invocation<typeof SPEC>["options"];
  readonly find: FindPageOptions;
  readonly signal: AbortSignal;
}

/** Yields the answers in the order of the ids. */
async function* answers(source: ByteSource, search: Search): AsyncGenerator<Found, void, undefined> {
  const { file, pageIds, options, find, signal } = search;
  const index = options.index ?? (options["no-index"] ? undefined : await indexBeside(file));
  if (index !== undefined) {
    const entries = indexEntries(index, { signal });
    return yield* findIndexedPages(source, entries, pageIds, find);
  }
  for (const pageId of pageIds) yield await findPageOrNeighbours(source, pageId, find);
}

async function runFindPage(invocation: Invocation<typeof SPEC>, signal: AbortSignal): Promise<number> {
  const { options, positionals, stdout, stderr } = invocation;
  const [file = "-", ...words] = positionals;
  const pageIds = words.map(readPageId);
  let decodedBlocks = 0;
  let told: Promise<void> = Promise.resolve();
  const find: FindPageOptions = {
    signal,
    onProbe: ({ position: { bitOffset }, pageIds: [first], pageIds: ids }) => {
      decodedBlocks++;
      if (!options.verbose) return;
      const pages = first === undefined ? "no page begins there" : `pages ${first} to ${ids.at(-1)}`;
      told = told.then(() => stderr.write(`${SPEC.name}: block at bit ${bitOffset}: ${pages}\n`));
    },
  };
  const { source, close } = await openSource(file, { signal });
  let exitCode: number = EXIT.DONE;
  try {
    let i = 0;
    for await (const found of answers(source, { file, pageIds, options, find, signal })) {
      const pageId = pageIds[i++]!;
      await told;
      if (!("pageId" in found)) exitCode = EXIT.FAILED;
      if (options.json) {
        await writeJson(stdout, "bzdump/find-page@1", { file, ...asJson(pageId, found), decodedBlocks });
      } else if ("pageId" in found) await stdout.write(asLine(found));
      else if (!options.quiet) await stderr.write(`${SPEC.name}: ${file} has no page ${pageId}${neighbours(found)}\n`);
      decodedBlocks = 0;
    }
  } finally {
    await told;
    await close();
  }
  return exitCode;
}

function readPageId(word: string): number {
  const pageId = /^\d+$/.test(word) ? Number(word) : NaN;
  if (Number.isSafeInteger(pageId)) return pageId;
  throw new UsageError(`Not a page id: ${JSON.stringify(word)}, expected a number such as 600`, { option: "ID" });
}

function asLine({ pageId, position: { bitOffset }, firstPageId }: PagePlace): string {
  const byte = Math.floor(bitOffset / 8);
  return `page_id:${pageId} bit:${bitOffset} byte:${byte} position:${
    oldPosition(bitOffset)
  } first_page_id:${firstPageId}\n`;
}

function placeAsJson({ pageId, position: { bitOffset, level }, firstPageId }: PagePlace): Record<string, unknown> {
  const byteOffset = Math.floor(bitOffset / 8);
  return { pageId, bitOffset, byteOffset, oldPosition: oldPosition(bitOffset), level, firstPageId };
}

function asJson(pageId: number, found: Found): Record<string, unknown> {
  if ("pageId" in found) return { isFound: true, ...placeAsJson(found) };
  const { below, above } = found;
  return { isFound: false, pageId, below: below && placeAsJson(below), above: above && placeAsJson(above) };
}

function neighbours({ below, above }: PageNeighbours): string {
  const parts = [
    below && `page ${below.pageId} before it (block at bit ${below.position.bitOffset})`,
    above && `page ${above.pageId} after it (block at bit ${above.position.bitOffset})`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : `; there is ${parts.join(" and ")}`;
}

export const FIND_PAGE: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    if (positionals.length < 2) throw new UsageError("Argument ID is missing: page ids");
    if (options.index !== undefined && options["no-index"]) {
      throw new UsageError("Option --index does not go together with --no-index", { option: "index" });
    }
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await eachFile(positionals.slice(0, 1), context, async (file) => {
      try {
        return await runFindPage(invocation, signal);
      } catch (error) {
        throw nameFile(error, file);
      }
    });
  },
};
