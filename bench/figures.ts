/** Measured figures beside what is asked of them: printed for people, and as one line of JSON. */
import { cpus } from "node:os";
import process from "node:process";
import { medianMs, type Run, timeRatio } from "./measure.ts";

/** One figure; less is better. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  /** "×": a ratio, ours by theirs. */
  readonly unit: "×" | "MB";
  /** The most that is allowed. */
  readonly must?: number | undefined;
  /** The most that we aim at. */
  readonly aim?: number | undefined;
  /** What the figure was made of. */
  readonly detail?: string;
}

/** The limits of a figure. */
export type Limits = Pick<Figure, "must" | "aim">;

/** A figure of times: ours by theirs. */
export function timeFigure(what: string, ours: readonly Run[], theirs: readonly Run[], limits: Limits = {}): Figure {
  const detail = `${medianMs(ours).toFixed(0)} ms : ${medianMs(theirs).toFixed(0)} ms`;
  return { what, value: timeRatio(ours, theirs), unit: "×", ...limits, detail };
}

/** Prints a figure as soon as it is known. */
export function printFigure(figure: Figure): void {
  const { what, value, unit, detail = "" } = figure;
  const limits = (["must", "aim"] as const).map((name) => limit(figure, name).padEnd(18)).join("");
  console.log(`${what.padEnd(56)}${format(value, unit).padStart(9)}  ${limits}${detail}`.trimEnd());
}

/** The last line of a benchmark. */
export function printJson(bench: string, figures: readonly Figure[]): void {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ bench, ...machine, figures }));
}

/** What misses its "must". */
export function missed(figures: readonly Figure[]): readonly Figure[] {
  return figures.filter(({ value, must }) => must !== undefined && !(value <= must));
}

function limit(figure: Figure, name: "must" | "aim"): string {
  const most = figure[name];
  if (most === undefined) return "";
  return `${name} ≤ ${format(most, figure.unit)} ${figure.value <= most ? "✓" : "✗"}`;
}

function format(value: number, unit: Figure["unit"]): string {
  return unit === "MB" ? `${value.toFixed(0)} MB` : value.toFixed(3);
}
