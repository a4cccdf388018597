/**
 * bzdump test: reads files to their end, compares every checksum, and says for each file what it found.
 */
import { basename } from "node:path";
import type { DecoderEvent } from "../../lib/bzip2/decoder.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine, type ProgressMode } from "../../lib/cli/progress-line.ts";
import { gunzipStream } from "../../lib/host/gzip.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { sniff } from "../../lib/streams/sniff.ts";
import { chunksOf } from "../../lib/streams/stream-from.ts";
import { CarefulDecoder } from "./careful-decoder.ts";
import { eachFile } from "./each-file.ts";
import { exitCodeFor } from "../../lib/cli/exit-codes.ts";
import { nameFile, renderFileError } from "./file-error.ts";
import { type Input, openInput } from "./input.ts";
import { FORCE_OPTION, JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION, type Verb } from "./verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump test",
    summary: "Checks bzip2 and gzip files: reads each to its end and compares every checksum.",
    positionals: [{ name: "file", text: "files; - or none is stdin", isOptional: true, isRepeated: true }],
    options: {
      force: { ...FORCE_OPTION, text: "read from a terminal", isAdvanced: true },
      quiet: QUIET_OPTION,
      json: JSON_OPTION,
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump test *.bz2", text: "one line for each file" },
      { command: "curl -s https://…/pages.xml.bz2 | bzdump test -", text: "checks a download on its way" },
    ],
    notes: ["The exit code is that of the first file that is not good."],
  } satisfies CommandSpec,
);

/** What was found in a file, as far as it could be read. */
interface Findings {
  format: "bzip2" | "gzip";
  bytesIn: number;
  bytesOut: number;
  streams: number;
  blocks: number;
  trailingBytes: number;
}

interface TestContext {
  readonly options: {
    readonly force: boolean;
    readonly quiet: boolean;
    readonly json: boolean;
    readonly progress: ProgressMode | undefined;
  };
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

async function testFile(file: string, context: TestContext): Promise<number> {
  const { options, stdout, stderr, signal } = context;
  const input = await openInput(file, { signal, isTerminalWelcome: options.force });
  const findings: Findings = { format: "bzip2", bytesIn: 0, bytesOut: 0, streams: 0, blocks: 0, trailingBytes: 0 };
  let trouble: unknown;
  try {
    await examine(input, findings, context);
  } catch (error) {
    if (signal.aborted) throw error;
    trouble = nameFile(error, input.name);
  }
  const exitCode = trouble === undefined ? 0 : exitCodeFor(trouble);
  if (options.json) {
    await writeJson(stdout, "bzdump/test@1", {
      file: input.name,
      isGood: trouble === undefined,
      exitCode,
      ...findings,
    });
  } else if (trouble === undefined && !options.quiet) await stdout.write(`${input.name}: ${describe(findings)}\n`);
  if (trouble !== undefined) {
    await stderr.write(renderFileError(trouble, { command: SPEC.name, isJson: options.json }));
  }
  return exitCode;
}

async function examine(input: Input, findings: Findings, context: TestContext): Promise<void> {
  const progress = new ProgressLine({
    sink: context.stderr,
    label: basename(input.name),
    totalBytesIn: input.status?.size,
    mode: context.options.progress ?? "auto",
  });
  const counted = input.stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        context.signal.throwIfAborted();
        findings.bytesIn += chunk.length;
        progress.update({ bytesIn: findings.bytesIn, bytesOut: findings.bytesOut });
        controller.enqueue(chunk);
      },
    }),
  );
  try {
    const { format, stream } = await sniff(counted);
    if (format === "gzip") await examineGzip(stream, input.name, findings);
    else await examineBzip2(stream, findings);
  } finally {
    progress.finish();
  }
}

async function examineGzip(stream: ReadableStream<Uint8Array>, path: string, findings: Findings): Promise<void> {
  findings.format = "gzip";
  for await (const bytes of chunksOf(stream.pipeThrough(gunzipStream({ path })))) findings.bytesOut += bytes.length;
}

/** Whatever is no gzip data goes here: the decoder knows best what it is not. */
async function examineBzip2(stream: ReadableStream<Uint8Array>, findings: Findings): Promise<void> {
  const decoder = new CarefulDecoder();
  for await (const chunk of chunksOf(stream)) count(decoder.push(chunk), findings);
  count(decoder.finish(), findings);
}

function count(events: Iterable<DecoderEvent>, findings: Findings): void {
  for (const event of events) {
    if (event.type === "stream") findings.streams++;
    else if (event.type === "trailing") findings.trailingBytes = event.byteLength;
    else if (event.type === "block") {
      findings.blocks++;
      findings.bytesOut += event.bytes.length;
    }
  }
}

function describe(findings: Findings): string {
  const { format, streams, blocks, bytesIn, bytesOut, trailingBytes } = findings;
  const parts = format === "bzip2" ? [number(streams, "stream"), number(blocks, "block")] : [];
  const trailing = trailingBytes === 0 ? "" : `; ${number(trailingBytes, "byte")} after the last stream ignored`;
  return `good ${format}, ${[...parts, `${number(bytesIn, "byte")} hold ${bytesOut}`].join(", ")}${trailing}`;
}

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export const TEST: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return eachFile(positionals, context, (file) => testFile(file, { options, stdout, stderr, signal }));
  },
};
