/**
 * bzdump last-id: tells the last page id or revision id of a compressed dump, reading it from its end. · getlastidinbz2xml
 */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { findLastId, type IdKind, type LastId } from "../../lib/dump/pages/last-id.ts";
import { oldPosition } from "../../lib/dump/blocks/old-position.ts";
import { UsageError } from "../../lib/errors.ts";
import { eachFile } from "./io/each-file.ts";
import { openSource } from "./io/open-source.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, PROGRESS_OPTION, progressMode, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump last-id",
    summary: "Tells the last page id or revision id of a compressed dump, reading it from its end.",
    positionals: [
      { name: "file", text: "a bzip2 dump, or its URL" },
      { name: "kind", text: "page or revision" },
    ],
    options: {
      incomplete: { kind: "flag", text: "of a file that is cut or damaged at its end, take what can be read" },
      verbose: { kind: "flag", short: "v", text: "show every block that is decoded, on stderr" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON, on stdout" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump last-id pages-meta-history.xml.bz2 page", text: "the id of the last page" },
      { command: "bzdump last-id https://…/stub.xml.bz2 revision", text: "the last revision, on a server" },
    ],
    notes: [
      "The last one in the order of the file, which is not always the greatest.",
      "A dump without pages gives exit code 1; with --incomplete, an id of a file that is cut gives exit code 4.",
    ],
  } satisfies CommandSpec,
);

const KINDS: Readonly<Record<string, IdKind>> = { page: "page", revision: "revision", rev: "revision" };

async function runLastId(
  invocation: Invocation<typeof SPEC>,
  kind: IdKind,
  signal: AbortSignal,
): Promise<number> {
  const { options, positionals, stderr } = invocation;
  const [file = "-"] = positionals;
  const progress = new ProgressLine({ sink: stderr, label: file, mode: progressMode(options) });
  let bytesIn = 0;
  const onRead = (byteLength: number): void => progress.update({ bytesIn: bytesIn += byteLength });
  let decodedBlocks = 0;
  let told: Promise<void> = Promise.resolve();
  const onProbe = ({ bitOffset }: { readonly bitOffset: number }): void => {
    decodedBlocks++;
    if (options.verbose) told = told.then(() => stderr.write(`${SPEC.name}: block at bit ${bitOffset}\n`));
  };
  const incomplete = options.incomplete ? "accept" : "error";
  const { source, close } = await openSource(file, { signal, onRead });
  let found: LastId | undefined;
  try {
    found = await findLastId(source, kind, { incomplete, onProbe, signal });
  } finally {
    progress.finish();
    await told;
    await close();
  }
  return await tell(invocation, kind, { found, decodedBlocks });
}

interface Answer {
  readonly found: LastId | undefined;
  readonly decodedBlocks: number;
}

/** Returns the exit code. */
async function tell(
  { options, positionals, stdout, stderr }: Invocation<typeof SPEC>,
  kind: IdKind,
  { found, decodedBlocks }: Answer,
): Promise<number> {
  const [file = "-"] = positionals;
  if (options.json) {
    const { bitOffset, level } = found?.position ?? {};
    const oldOffset = bitOffset === undefined ? undefined : oldPosition(bitOffset);
    const place = { bitOffset, oldPosition: oldOffset, level };
    const isComplete = found?.isComplete;
    await writeJson(stdout, "bzdump/last-id@1", { file, kind, id: found?.id, ...place, isComplete, decodedBlocks });
  } else if (found !== undefined) await stdout.write(`${kind}_id:${found.id}\n`);
  if (found === undefined) {
    if (!options.quiet && !options.json) await stderr.write(`${SPEC.name}: ${file} has no ${kind}\n`);
    return EXIT.FAILED;
  }
  if (found.isComplete) return EXIT.DONE;
  const what = found.damage?.message ?? "it ends before </mediawiki>";
  if (!options.quiet) await stderr.write(`${SPEC.name}: ${file} is cut or damaged after this ${kind}: ${what}\n`);
  return EXIT.TRUNCATED;
}

export const LAST_ID: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const word = positionals[1] ?? "";
    const kind = KINDS[word];
    if (kind === undefined) {
      throw new UsageError(`Not a kind of id: ${JSON.stringify(word)}, expected page or revision`, { option: "KIND" });
    }
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await eachFile(positionals.slice(0, 1), context, () => runLastId(invocation, kind, signal));
  },
};
