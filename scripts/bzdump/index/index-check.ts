/** bzdump index check: does an index fit its dump? */
import { basename } from "node:path";
import { EXIT } from "../../../lib/cli/exit-codes.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { ProgressLine } from "../../../lib/cli/progress-line.ts";
import { checkIndex, checkIndexSample, type IndexFault } from "../../../lib/dump/index/index-check.ts";
import { UsageError } from "../../../lib/errors.ts";
import { nameFile } from "../io/file-error.ts";
import { indexBeside } from "./index-beside.ts";
import { indexEntries } from "./index-input.ts";
import type { IndexInvocation } from "../index.ts";
import { openData } from "../io/open-data.ts";
import { openSource } from "../io/open-source.ts";
import { progressMode } from "../common-options.ts";

/** The rest would say the same. */
const MAX_FAULTS = 20;

interface Check {
  readonly file: string;
  readonly index: string;
  /** Streams to look at; undefined: all of the dump. */
  readonly sampleCount: number | undefined;
  readonly signal: AbortSignal;
  onRead(byteLength: number): void;
  onPage(): void;
}

export async function runIndexCheck(
  invocation: IndexInvocation,
  signal: AbortSignal,
): Promise<number> {
  const { options, stderr, stdout } = invocation;
  const { file, index } = await namesOf(invocation);
  const progress = new ProgressLine({ sink: stderr, label: basename(file), mode: progressMode(options) });
  let bytesIn = 0;
  let pages = 0;
  let faults = 0;
  const onRead = (byteLength: number): void => progress.update({ bytesIn: bytesIn += byteLength, pages });
  const onPage = (): void => void pages++;
  const sampleCount = options.quick ? options.sample ?? 50 : undefined;
  try {
    for await (const fault of faultsOf({ file, index, sampleCount, signal, onRead, onPage })) {
      progress.finish();
      if (options.json) await writeJson(stdout, "bzdump/index-fault@1", { file, index, ...fault });
      else if (!options.quiet) await stderr.write(`bzdump index: ${index}: ${fault.message}\n`);
      if (++faults >= MAX_FAULTS) break;
    }
  } finally {
    progress.finish();
  }
  await tellResult(invocation, { file, index, faults, pages });
  return faults === 0 ? EXIT.DONE : EXIT.FAILED;
}

async function namesOf({ options, positionals }: IndexInvocation): Promise<{ file: string; index: string }> {
  const file = positionals[1] ?? "-";
  const index = positionals[2] ?? await indexBeside(file);
  if (index === undefined) {
    throw new UsageError(`No index was named, and none lies beside ${file}`, { option: "INDEX" });
  }
  if (index === "-" && (options.quick || file === "-")) {
    throw new UsageError("Standard input can be read once only, expected a file or a URL", { option: "INDEX" });
  }
  return { file, index };
}

async function* faultsOf(check: Check): AsyncGenerator<IndexFault, void, undefined> {
  const { file, index, sampleCount, signal, onRead, onPage } = check;
  const entries = (): ReturnType<typeof indexEntries> => indexEntries(index, { signal });
  let close = (): Promise<void> => Promise.resolve();
  try {
    if (sampleCount === undefined) {
      return yield* checkIndex(await openData(file, { signal, onRead }), entries(), { signal, onPage });
    }
    const opened = await openSource(file, { signal, onRead });
    close = () => opened.close();
    yield* checkIndexSample(opened.source, entries, { signal, onPage, sampleCount });
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  } finally {
    await close();
  }
}

async function tellResult(
  { options, stdout, stderr }: IndexInvocation,
  result: { readonly file: string; readonly index: string; readonly faults: number; readonly pages: number },
): Promise<void> {
  const { file, index, faults, pages } = result;
  const isCutShort = faults >= MAX_FAULTS;
  if (options.json) {
    const value = { file, index, isGood: faults === 0, faults, isCutShort, isSample: options.quick, pages };
    await writeJson(stdout, "bzdump/index-check@1", value);
  } else if (options.quiet) return;
  else if (isCutShort) await stderr.write(`bzdump index: ${index}: given up after ${MAX_FAULTS} faults\n`);
  else if (faults === 0) {
    await stdout.write(`${index}: fits ${file}: ${pages} pages${options.quick ? " of a sample" : ""}\n`);
  }
}
