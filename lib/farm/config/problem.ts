/**
 * What can be wrong with a configuration, collected while it is read, so that one look at the message shows all of it.
 *
 * The first problem becomes the ConfigError (its code, file, line, key); the others are listed in its message.
 */
import { ConfigError, type ConfigErrorCode } from "../../errors.ts";

/** One thing that is wrong, and where. */
export interface Problem {
  readonly code: ConfigErrorCode;
  /** What happened, without the place; capitalised, no full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly section: string;
  readonly key: string;
}

/** Throws the problems as one error; does nothing when there are none. */
export function throwProblems(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first === undefined) return;
  if (rest.length === 0) throw new ConfigError(first.code, withPlace(first), first, { remedy: first.remedy });
  const lines = [
    withRemedy(first),
    rest.length === 1 ? "One more problem:" : `${rest.length} more problems:`,
    ...rest.map((problem) => `  ${withRemedy(problem)}`),
  ];
  throw new ConfigError(first.code, lines.join("\n"), first, { remedy: "Correct these lines, then start again" });
}

function withRemedy(problem: Problem): string {
  return problem.remedy === "" ? withPlace(problem) : `${withPlace(problem)}. ${problem.remedy}`;
}

function withPlace(problem: Problem): string {
  return `${problem.message} (${problem.file}, line ${problem.line})`;
}
