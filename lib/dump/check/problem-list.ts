/**
 * Gathers what a check of a dump finds, up to a limit.
 */
import type { DumpLoss, DumpProblem, DumpProblemCode, DumpVerdict } from "./check-report.ts";

/** So many notices are listed; all are counted. */
const MAX_NOTICES = 20;

const NOTICES: ReadonlySet<DumpProblemCode> = new Set(["REVISION_ORDER", "UNCHECKED"]);
const ABOUT_CONTENT: ReadonlySet<DumpProblemCode> = new Set([
  "ID_ORDER",
  "TEXT_MISSING",
  "TEXT_LENGTH",
  "TEXT_SHA1",
  ...NOTICES,
]);

/** What kind of problem a code of the XML is, and how bad. */
export function rankOf(code: DumpProblemCode): Pick<DumpProblem, "severity" | "kind"> {
  return { severity: NOTICES.has(code) ? "notice" : "error", kind: ABOUT_CONTENT.has(code) ? "content" : "xml" };
}

/** Thrown when there are as many errors as were asked for. Never leaves lib/dump. */
export class TooManyProblems extends Error {}

/** The problems of one dump. */
export class ProblemList {
  readonly #problems: DumpProblem[] = [];
  readonly #maxErrors: number;
  errors = 0;
  notices = 0;

  constructor(maxErrors: number) {
    this.#maxErrors = maxErrors;
  }

  get problems(): readonly DumpProblem[] {
    return this.#problems;
  }

  /** Lists a problem; gives the number by which its loss can be stated later. Throws TooManyProblems after the last one. */
  add(problem: DumpProblem): number {
    if (problem.severity === "notice") {
      if (++this.notices <= MAX_NOTICES) this.#problems.push(problem);
      return -1;
    }
    this.errors++;
    this.#problems.push(problem);
    if (this.errors >= this.#maxErrors) throw new TooManyProblems();
    return this.#problems.length - 1;
  }

  /** States more of what damage cost. */
  addLoss(index: number, loss: Partial<DumpLoss>): void {
    const problem = this.#problems[index];
    if (problem?.loss === undefined) return;
    this.#problems[index] = { ...problem, loss: { ...problem.loss, ...loss } };
  }

  get verdict(): DumpVerdict {
    const errors = this.#problems.filter(({ severity }) => severity === "error");
    if (errors.length === 0) return "good";
    const damage = errors.filter(({ kind }) => kind !== "content");
    if (damage.length === 0) return "wrong";
    return damage.every(({ code }) => code === "TRUNCATED") ? "truncated" : "damaged";
  }
}
