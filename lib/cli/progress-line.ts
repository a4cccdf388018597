/**
 * One line on stderr that says how far the work is: bytes in and out, rate, pages, time left.
 *
 * Shown on a terminal only, unless forced; at most five times a second; cleared at the end. For programs a line of JSON a second, the
 * last one at the end. Driven by calls of `update`, so it needs no timer and cannot keep the process alive.
 */
import type { OutputSink } from "../host/terminal.ts";
import { toJsonLine } from "./output.ts";

/** How far the work is. */
export interface ProgressState {
  /** Bytes read so far (compressed, where the input is). */
  readonly bytesIn?: number;
  /** Bytes written or delivered so far. */
  readonly bytesOut?: number;
  readonly pages?: number;
}

/** When progress is shown: "auto" on a terminal with a cursor after the first second, "always" at once and anywhere, "json" to programs. */
export type ProgressMode = "auto" | "always" | "never" | "json";

export interface ProgressOptions {
  readonly sink: OutputSink;
  /** What is being worked on, such as a file name. */
  readonly label: string;
  /** Bytes in when the work is done; without it there is no time left to tell. */
  readonly totalBytesIn?: number | undefined;
  readonly mode?: ProgressMode;
  /** Milliseconds from any fixed point; `performance.now` without it. */
  readonly now?: () => number;
}

const INTERVAL_MS = 200;
const JSON_INTERVAL_MS = 1000;
const PATIENCE_MS = 1000;
/** The rate is that of about the last so many milliseconds. */
const RATE_WINDOW_MS = 5000;

/** A progress line. Call `update` as often as you like, and `finish` at the end, also after an error. */
export class ProgressLine {
  readonly #sink: OutputSink;
  readonly #label: string;
  readonly #totalBytesIn: number | undefined;
  readonly #isShown: boolean;
  readonly #isJson: boolean;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #startedMs: number;
  #shownMs: number;
  #samples: { readonly atMs: number; readonly bytesIn: number }[] = [];
  #width = 0;
  /** What programs have not been told yet. */
  #untold: ProgressState | undefined;

  constructor(options: ProgressOptions) {
    const { sink, label, totalBytesIn, mode = "auto", now = () => performance.now() } = options;
    this.#sink = sink;
    this.#label = label;
    this.#totalBytesIn = totalBytesIn;
    this.#isJson = mode === "json";
    this.#isShown = this.#isJson || mode === "always" || (mode === "auto" && sink.hasCursor);
    this.#intervalMs = this.#isJson ? JSON_INTERVAL_MS : INTERVAL_MS;
    this.#now = now;
    this.#startedMs = now();
    this.#shownMs = mode === "always" ? -Infinity : this.#startedMs + PATIENCE_MS - this.#intervalMs;
  }

  /** Shows the state, unless the last one was shown just now. Cheap when nothing is shown. */
  update(state: ProgressState): void {
    if (!this.#isShown) return;
    if (this.#isJson) this.#untold = state;
    const nowMs = this.#now();
    if (nowMs - this.#shownMs < this.#intervalMs) return;
    this.#shownMs = nowMs;
    this.#sample(state, nowMs);
    if (this.#isJson) this.#tell(state);
    else this.#show(renderProgress(this.#label, state, { rate: this.#rate(), totalBytesIn: this.#totalBytesIn }));
  }

  /** Clears the line; tells programs how far it came. */
  finish(): void {
    if (this.#untold !== undefined) {
      this.#sample(this.#untold, this.#now());
      this.#tell(this.#untold);
    }
    if (this.#width === 0) return;
    this.#show("");
    this.#width = 0;
  }

  #sample({ bytesIn = 0 }: ProgressState, nowMs: number): void {
    this.#samples.push({ atMs: nowMs, bytesIn });
    while (this.#samples.length > 2 && nowMs - (this.#samples[0]?.atMs ?? 0) > RATE_WINDOW_MS) this.#samples.shift();
  }

  #rate(): number {
    const first = this.#samples.length > 1 ? this.#samples[0] : undefined;
    const last = this.#samples.at(-1);
    if (last === undefined) return 0;
    const fromMs = first?.atMs ?? this.#startedMs;
    const elapsedMs = last.atMs - fromMs;
    return elapsedMs > 0 ? ((last.bytesIn - (first?.bytesIn ?? 0)) / elapsedMs) * 1000 : 0;
  }

  #tell({ bytesIn, bytesOut, pages }: ProgressState): void {
    this.#untold = undefined;
    const rate = this.#rate();
    const left = rate > 0 && this.#totalBytesIn !== undefined
      ? (this.#totalBytesIn - (bytesIn ?? 0)) / rate
      : undefined;
    const line = toJsonLine("wikidump/progress@1", {
      label: this.#label,
      bytesIn: bytesIn ?? null,
      totalBytesIn: this.#totalBytesIn ?? null,
      bytesOut: bytesOut ?? null,
      pages: pages ?? null,
      bytesPerSecond: rate > 0 ? Math.round(rate) : null,
      secondsLeft: left === undefined ? null : Math.ceil(Math.max(0, left)),
    });
    this.#sink.write(line).catch(() => {});
  }

  #show(line: string): void {
    const room = Math.max(1, this.#sink.columns - 1);
    const text = line.length > room ? `${line.slice(0, room - 1)}…` : line;
    // Without a cursor there is no sequence that clears the rest of the line; blanks do.
    const rest = this.#sink.hasCursor ? "\x1b[K" : " ".repeat(Math.max(0, this.#width - text.length));
    const back = text === "" && !this.#sink.hasCursor ? "\r" : "";
    this.#width = text.length;
    const isLabelWhole = this.#sink.hasColor && text.startsWith(this.#label);
    const shown = isLabelWhole ? `\x1b[1m${this.#label}\x1b[22m${text.slice(this.#label.length)}` : text;
    // Progress is a courtesy: if it cannot be written, the work goes on.
    this.#sink.write(`\r${shown}${rest}${back}`).catch(() => {});
  }
}

/** The text of a progress line, parts that are not known left out. */
export function renderProgress(
  label: string,
  state: ProgressState,
  pace: { readonly rate: number; readonly totalBytesIn: number | undefined },
): string {
  const { bytesIn, bytesOut, pages } = state;
  const { rate, totalBytesIn } = pace;
  const parts: string[] = [];
  if (bytesIn !== undefined && totalBytesIn !== undefined && totalBytesIn > 0) {
    parts.push(`${Math.min(100, Math.floor((bytesIn / totalBytesIn) * 100))}%`);
  }
  if (bytesIn !== undefined) parts.push(`in ${formatBytes(bytesIn)}`);
  if (bytesOut !== undefined) parts.push(`out ${formatBytes(bytesOut)}`);
  if (rate > 0) parts.push(`${formatBytes(rate)}/s`);
  if (pages !== undefined) parts.push(`${pages} pages`);
  if (bytesIn !== undefined && totalBytesIn !== undefined && rate > 0) {
    parts.push(`${formatSeconds(Math.max(0, totalBytesIn - bytesIn) / rate)} left`);
  }
  return `${label}: ${parts.join(", ")}`;
}

/** Bytes for people, in powers of 1000 as disks and networks count: "934 B", "1.7 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  // 999.95 and more would be shown as 1000.0.
  while (unit < units.length - 1 && value >= (unit === 0 ? 1000 : 999.95)) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${Math.floor(value)} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** A time for people: "45s", "3m 05s", "2h 07m". */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(whole / 3600)}h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")}m`;
}
