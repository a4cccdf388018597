/**
 * bzdump crcs: the checksums of all blocks and streams of bzip2 files, stated and computed.
 */
import { basename } from "node:path";
import { EXIT, exitCodeFor } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { checkEnds } from "../../lib/dump/blocks/check-ends.ts";
import { type CrcEvent, scanCrcs, type StreamStart } from "../../lib/dump/blocks/crcs.ts";
import { endError } from "../../lib/dump/blocks/file-end.ts";
import type { Bzip2Error } from "../../lib/errors.ts";
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { blockPlace, formatPlace, PLACE_FORMS, type PlaceForm } from "./blocks/block-place.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile, renderFileError } from "./io/file-error.ts";
import { openSource } from "./io/open-source.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, PROGRESS_OPTION, progressMode, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump crcs",
    summary: "Lists the checksum of every block and stream of bzip2 files, and compares those of the streams.",
    positionals: [{ name: "file", text: "files or URLs", isRepeated: true }],
    options: {
      verify: {
        kind: "flag",
        text: "decode every block and compare its checksum; otherwise only heads of blocks are read",
      },
      offsets: {
        kind: "choice",
        placeholder: "FORM",
        choices: PLACE_FORMS,
        text: "how places are said: byte (15868.1 is one bit further), bit, old (as the old tools)",
      },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON per stream, block and end of a stream" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump crcs pages.xml.bz2", text: "all checksums, without decoding" },
      { command: "bzdump crcs --verify -q *.bz2", text: "which blocks are damaged, and no other output" },
    ],
    notes: [
      "Exit code 3: a stream's header is damaged, its checksum is not the one of its blocks, or --verify found a damaged block; 4: the file is cut off.",
    ],
  } satisfies CommandSpec,
);

type CrcsInvocation = Invocation<typeof SPEC>;

interface Listing {
  readonly file: string;
  readonly source: ByteSource;
  readonly invocation: CrcsInvocation;
  readonly signal: AbortSignal;
}

/** What is wrong, by the exit codes that it deserves. */
class Verdict {
  #isDamaged = false;
  #isCut = false;

  add(event: CrcEvent, ending: unknown): void {
    if (event.type === "block" && event.fault !== undefined) {
      if (event.fault.code === "TRUNCATED") this.#isCut = true;
      else this.#isDamaged = true;
    }
    if (event.type === "stream" && event.level === undefined) this.#isDamaged = true;
    if (event.type !== "end") return;
    if (event.stated === undefined && exitCodeFor(ending) === EXIT.TRUNCATED) this.#isCut = true;
    else if (event.stated !== event.computed) this.#isDamaged = true;
  }

  addEnd(ending: unknown): void {
    if (ending === undefined) return;
    if (exitCodeFor(ending) === EXIT.TRUNCATED) this.#isCut = true;
    else this.#isDamaged = true;
  }

  get exitCode(): number {
    return this.#isDamaged ? EXIT.DAMAGED : this.#isCut ? EXIT.TRUNCATED : EXIT.DONE;
  }
}

async function list({ file, source, invocation, signal }: Listing): Promise<number> {
  const { options, stdout, stderr } = invocation;
  const mode = progressMode(options);
  const line = new ProgressLine({ sink: stderr, label: basename(file), totalBytesIn: source.size, mode });
  const { fault: ending } = await checkEnds(source, { signal });
  const verdict = new Verdict();
  const told = new Set<number>();
  const tell = async (fault: Bzip2Error): Promise<void> => {
    told.add(fault.bitOffset);
    await stderr.write(renderFileError(nameFile(fault, file), { command: SPEC.name, isJson: options.json }));
  };
  const onProgress = (bytesIn: number): void => line.update({ bytesIn });
  try {
    for await (const event of scanCrcs(source, { verify: options.verify, onProgress, signal })) {
      verdict.add(event, ending);
      if (options.json) await writeJson(stdout, "bzdump/crcs@1", asJson(file, event));
      else if (!options.quiet) await stdout.write(`${asText(event, options.offsets ?? "byte")}\n`);
      const fault = faultOf(event);
      if (fault !== undefined) await tell(fault);
    }
  } finally {
    line.finish();
  }
  verdict.addEnd(ending);
  if (ending !== undefined && !told.has(ending.bitOffset)) await tell(ending);
  return verdict.exitCode;
}

function faultOf(event: CrcEvent): Bzip2Error | undefined {
  if (event.type === "block") return event.fault;
  if (event.type === "stream") return headerFault(event);
  if (event.stated === undefined || event.stated === event.computed) return undefined;
  const { streamIndex, stated, computed, bitOffset = 0 } = event;
  const what = `The checksum of stream ${streamIndex} is ${hex(stated)}, but its blocks make ${hex(computed)}`;
  return endError("STREAM_CRC", what, bitOffset);
}

/** A file whose first header is wrong has been told of already. */
function headerFault({ streamIndex, byteOffset, level }: StreamStart): Bzip2Error | undefined {
  if (level !== undefined || streamIndex === 0) return undefined;
  const what = `The header of stream ${streamIndex} is damaged: its blocks are there, but no stream starts here`;
  return endError("BAD_MAGIC", what, byteOffset * 8);
}

function asText(event: CrcEvent, form: PlaceForm): string {
  if (event.type === "stream") {
    const level = event.level === undefined ? "header damaged" : `level ${event.level}`;
    return `stream ${event.streamIndex}\tat ${formatPlace(event.byteOffset * 8, form)}\t${level}`;
  }
  if (event.type === "block") {
    const damage = event.fault === undefined ? "" : `\tdamaged: ${event.fault.code}`;
    return `block ${event.blockIndex}\tat ${formatPlace(event.bitOffset, form)}\tcrc ${hex(event.crc)}${damage}`;
  }
  const { streamIndex, bitOffset, computed, stated } = event;
  const verdict = stated === undefined ? "end missing" : stated === computed ? "same" : "DIFFERENT";
  const place = bitOffset === undefined ? "-" : formatPlace(bitOffset, form);
  const numbers = `computed ${hex(computed)}\tstated ${stated === undefined ? "-" : hex(stated)}`;
  return `end of stream ${streamIndex}\tat ${place}\t${numbers}\t${verdict}`;
}

function asJson(file: string, event: CrcEvent): Record<string, unknown> {
  const place = "bitOffset" in event && event.bitOffset !== undefined ? blockPlace(event.bitOffset) : {};
  if (event.type === "end") return { file, ...event, ...place, isSame: event.stated === event.computed };
  if (event.type === "stream") return { file, ...event };
  const { fault, ...block } = event;
  return { file, ...block, ...place, problem: fault?.code };
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

export const CRCS: Verb<typeof SPEC> = {
  spec: SPEC,
  run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return eachFile(positionals, context, async (file) => {
      const { source, close } = await openSource(file, { signal });
      try {
        return await list({ file, source, invocation, signal });
      } finally {
        await close();
      }
    });
  },
};
