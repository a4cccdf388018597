/**
 * A reading of what dumpTextPass.php writes to its stdout, held against the stubs that it was given: every page, every
 * revision, every text, the closing tag, the exit code.
 *
 * When it complains that a text cannot be had, it would sleep, and write the text as empty: it is ended and started again
 * instead, and what was handed out already is passed over. What it cannot get at the same place several times is let through,
 * and is a fault.
 */
import { type DumpEvent, DumpReader } from "../../../dump/reading/dump-reader.ts";
import { CommandError, isWikidumpError, JobError } from "../../../errors.ts";
import { sleep } from "../../../host/clock.ts";
import { type Command, formatCommand } from "../../process/command.ts";
import { type RunningPipeline, startPipeline } from "../../process/pipeline.ts";
import type {
  Reading,
  ReadingOptions,
  ReadingSummary,
  SourceConsumer,
  SourceEvent,
  SourceRevision,
  TextFault,
} from "../../source/source.ts";
import { checkText } from "../../source/text-check.ts";
import { CurrentRevisions } from "./current-revisions.ts";
import { DumpEvents } from "./dump-events.ts";
import { PageEnds } from "./page-ends.ts";
import { isTextComplaint } from "./text-fetcher.ts";
import { wholeEvents } from "./whole-events.ts";

/** As dumpTextPass.php ends a document. */
const FOOTER = new TextEncoder().encode("</mediawiki>");

export interface TextPassReadingOptions {
  /** The command, which writes to its stdout. */
  readonly command: () => Command;
  /** The stubs that the command reads. */
  readonly stub: string;
  /** Stubs of current revisions; not needed when `stub` has no others. */
  readonly currentStubs?: readonly string[];
  /** Starts without any progress between them. Default 5. */
  readonly attempts?: number;
  /** Before the command is started again. Default 2 s, doubled each time without progress. */
  readonly pauseMs?: number;
  /** The command is ended when nothing comes for so long. Default 10 minutes. */
  readonly stallMs?: number;
  readonly onNotice?: (notice: string) => void;
}

/** The reading. Can be run several times. */
export class TextPassReading implements Reading {
  readonly #options: TextPassReadingOptions;

  constructor(options: TextPassReadingOptions) {
    this.#options = options;
  }

  async run(consumers: readonly SourceConsumer[], options: ReadingOptions): Promise<ReadingSummary> {
    const { currentStubs } = this.#options;
    const current = currentStubs === undefined ? undefined : new CurrentRevisions(currentStubs, options.signal);
    try {
      return await new TextPassRun(this.#options, { consumers, current, ...options }).run();
    } finally {
      await current?.close();
    }
  }
}

const DEFAULT_ATTEMPTS = 5;

interface RunContext extends ReadingOptions {
  readonly consumers: readonly SourceConsumer[];
  readonly current: CurrentRevisions | undefined;
}

class TextPassRun {
  readonly #options: TextPassReadingOptions;
  readonly #context: RunContext;
  readonly #pageEnds = new PageEnds();
  readonly #notices: string[] = [];
  /** Events that were handed out. */
  #handedOut = 0;
  /** Starts since something was handed out. */
  #fruitless = 0;
  #revisions = 0;
  #complaint: string | undefined;

  constructor(options: TextPassReadingOptions, context: RunContext) {
    this.#options = options;
    this.#context = context;
  }

  async run(): Promise<ReadingSummary> {
    const { attempts = DEFAULT_ATTEMPTS, pauseMs = 2000, onNotice } = this.#options;
    for (;;) {
      const before = this.#handedOut;
      try {
        await this.#pass();
        this.#report();
        return { pages: this.#pageEnds.pages, revisions: this.#revisions, notices: this.#notices };
      } catch (error) {
        this.#context.signal.throwIfAborted();
        // What a consumer throws is not for the command to repair.
        if (!(error instanceof PassFailure)) throw error;
        this.#fruitless = this.#handedOut > before ? 1 : this.#fruitless + 1;
        if (this.#fruitless > attempts) throw error.cause;
        onNotice?.(`${(error.cause as Error).message}; it is started again`);
        await sleep(pauseMs * 2 ** (this.#fruitless - 1), { signal: this.#context.signal });
      }
    }
  }

  async #pass(): Promise<void> {
    const { signal } = this.#context;
    this.#complaint = undefined;
    const command = this.#options.command();
    const pipeline: RunningPipeline = startPipeline([command], {
      signal,
      stallMs: this.#options.stallMs ?? 600_000,
      onStderrLine: (line) => this.#hear(line, pipeline),
    });
    const written = wholeEvents(new DumpReader(), pipeline.stdout);
    const stubs = new DumpEvents(this.#options.stub, { signal }).read();
    try {
      for (let index = 0;; index++) {
        const [event, stub] = await this.#nextPair(written, stubs, command);
        if (event === undefined || stub === undefined) break;
        if (index < this.#handedOut) continue;
        await this.#handOut(await this.#convert(event, stub));
        this.#handedOut = index + 1;
      }
    } finally {
      await pipeline.terminate();
      await Promise.all([written.return(), stubs.return()]);
    }
  }

  /** Steps forward in both; they must say the same. */
  async #nextPair(
    written: AsyncGenerator<DumpEvent, void, undefined>,
    stubs: AsyncGenerator<DumpEvent, void, undefined>,
    command: Command,
  ): Promise<[DumpEvent | undefined, DumpEvent | undefined]> {
    const stub = (await stubs.next()).value ?? undefined;
    let event: DumpEvent | undefined;
    try {
      event = (await written.next()).value ?? undefined;
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
      throw new PassFailure(this.#complaint === undefined ? error : this.#complained(command, error));
    }
    if (nameOf(event) === nameOf(stub)) return [event, stub];
    const message = `${formatCommand(command)} wrote ${nameOf(event)} where the stubs have ${nameOf(stub)}`;
    throw new PassFailure(new JobError("MISMATCH", message, { wiki: "" }));
  }

  #complained(command: Command, cause: Error): CommandError {
    const commandLine = formatCommand(command);
    const stderrTail = cause instanceof CommandError ? cause.stderrTail : [];
    const message = `${commandLine} complains: ${this.#complaint}`;
    return new CommandError("EXIT", message, { commandLine, stderrTail }, { cause });
  }

  #hear(line: string, pipeline: RunningPipeline): void {
    const { attempts = DEFAULT_ATTEMPTS } = this.#options;
    if (!isTextComplaint(line) || this.#fruitless >= attempts) return;
    this.#complaint ??= line.trim();
    pipeline.terminate();
  }

  async #convert(event: DumpEvent, stub: DumpEvent): Promise<SourceEvent> {
    switch (event.type) {
      case "page":
        this.#pageEnds.start(event.page, event.bytes, await this.#context.current?.of(event.page.id));
        return event;
      case "revision":
        return this.#passRevision(event, stub as DumpEvent & { type: "revision" });
      case "other":
        this.#pageEnds.addOther(event.bytes);
        return event;
      case "page-end": {
        const { page, notice } = this.#pageEnds.end();
        if (notice !== undefined) this.#notices.push(notice);
        if (this.#pageEnds.pages % 100 === 0) this.#report();
        return { type: "page-end", page, bytes: event.bytes };
      }
      case "start":
        return { ...event, footer: FOOTER };
      case "end":
        return event;
    }
  }

  #passRevision(event: DumpEvent & { type: "revision" }, stub: DumpEvent & { type: "revision" }): SourceEvent {
    const { revision, bytes, text } = event;
    const { pageId } = this.#pageEnds;
    const stated = faultOfStated(pageId, event, stub);
    const passed: SourceRevision = {
      revision,
      bytes,
      text,
      fault: stated ?? checkText(pageId, revision, bytes, text),
    };
    // A text that was waited for in vain is behind: complaints count again.
    this.#fruitless = 0;
    this.#revisions++;
    this.#pageEnds.passRevision(passed);
    return { type: "revision", ...passed };
  }

  async #handOut(event: SourceEvent): Promise<void> {
    for (const consumer of this.#context.consumers) await consumer.take(event);
  }

  #report(): void {
    const { pages, pageId } = this.#pageEnds;
    const progress = { pages, revisions: this.#revisions, pageId, bytesRead: 0, bytesTotal: undefined };
    this.#context.onProgress(progress);
  }
}

/** Something that a new start may put right. */
class PassFailure extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

function nameOf(event: DumpEvent | undefined): string {
  if (event === undefined) return "nothing";
  if (event.type === "page") return `page ${event.page.id}`;
  return event.type === "revision" ? `revision ${event.revision.id}` : event.type;
}

/** Whether the stated length and SHA-1 are those of the stub. */
function faultOfStated(
  pageId: number,
  { revision }: DumpEvent & { type: "revision" },
  { revision: stub }: DumpEvent & { type: "revision" },
): TextFault | undefined {
  const isSame = revision.textByteLength === stub.textByteLength && revision.textSha1 === stub.textSha1 &&
    revision.sha1 === stub.sha1;
  if (isSame) return undefined;
  const message = `Page ${pageId}, revision ${stub.id}: the length or the SHA-1 stated is not that of the stub`;
  return { pageId, revisionId: stub.id, message };
}
