/** bzdump index build: makes the index of a multistream dump. */
import { basename } from "node:path";
import { EXIT } from "../../../lib/cli/exit-codes.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { ProgressLine } from "../../../lib/cli/progress-line.ts";
import { buildIndex } from "../../../lib/dump/index/index-build.ts";
import { formatIndexLine } from "../../../lib/dump/index/multistream-index.ts";
import { UsageError } from "../../../lib/errors.ts";
import { nameFile } from "../io/file-error.ts";
import { openLinesOutput } from "./index-lines.ts";
import type { IndexInvocation } from "../index.ts";
import { openData } from "../io/open-data.ts";
import { indexNameFor } from "../io/open-index.ts";
import { isUrl } from "../io/open-source.ts";
import { progressMode } from "../common-options.ts";

export async function runIndexBuild(
  { options, positionals, stdout, stderr }: IndexInvocation,
  signal: AbortSignal,
): Promise<number> {
  const file = positionals[1] ?? "-";
  const path = options.output ?? defaultName(file);
  const output = await openLinesOutput(path, { isForced: options.force, stdout });
  const progress = new ProgressLine({ sink: stderr, label: basename(file), mode: progressMode(options) });
  let bytesIn = 0;
  let pages = 0;
  let streams = 0;
  const onRead = (byteLength: number): void => progress.update({ bytesIn: bytesIn += byteLength, pages });
  async function* lines(): AsyncGenerator<string, void, undefined> {
    let before = -1;
    for await (const entry of buildIndex(await openData(file, { signal, onRead }), { signal })) {
      pages++;
      if (entry.byteOffset !== before) streams++;
      before = entry.byteOffset;
      yield formatIndexLine(entry);
    }
  }
  try {
    await output.write(lines());
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  } finally {
    progress.finish();
  }
  const isOneStream = streams === 1 && pages > 1000;
  if (isOneStream && !options.quiet) {
    await stderr.write(`bzdump index: ${file} has all its pages in one stream, so its index is of little use\n`);
  }
  if (options.json) {
    const isToStdout = path === "-";
    const value = { file, output: path, pages, streams, bytesIn, bytesOut: output.byteLength };
    await writeJson(isToStdout ? stderr : stdout, "bzdump/index-build@1", value);
  }
  return EXIT.DONE;
}

/** Beside the dump, where the name says what it is; nobody writes beside a URL. */
function defaultName(file: string): string {
  const name = file === "-" || isUrl(file) ? undefined : indexNameFor(file);
  if (name !== undefined) return name;
  throw new UsageError("Option --output is missing: the name of the dump does not tell that of its index", {
    option: "output",
    remedy: "Use -o INDEX.txt.bz2, or -o - for standard output",
  });
}
