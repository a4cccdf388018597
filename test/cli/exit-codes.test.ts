import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EXIT, EXIT_CODES, exitCodeFor } from "../../lib/cli/exit-codes.ts";
import {
  Bzip2Error,
  CommandError,
  ConfigError,
  DumpFormatError,
  JobError,
  LockError,
  SourceError,
  UsageError,
  WikidumpError,
} from "../../lib/errors.ts";

const PLACE = { bitOffset: 0, streamIndex: 0, blockIndex: 0, bytesBefore: 0 };

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly exitCode = 143;
}

const CASES: readonly (readonly [string, unknown, number])[] = [
  ["damaged bzip2", new Bzip2Error("BLOCK_CRC", "x", PLACE), 3],
  ["something that is not bzip2", new Bzip2Error("NOT_BZIP2", "x", PLACE), 3],
  ["truncated bzip2", new Bzip2Error("TRUNCATED", "x", PLACE), 4],
  ["damaged XML", new DumpFormatError("BAD_TAG", "x", { byteOffset: 0 }), 3],
  ["truncated XML", new DumpFormatError("TRUNCATED", "x", { byteOffset: 0 }), 4],
  ["a wrong configuration", new ConfigError("SYNTAX", "x", { file: "f" }), 5],
  ["wrong usage", new UsageError("x"), 2],
  ["a lock that is held", new LockError("HELD", "x", "l"), 6],
  ["a lock that was lost", new LockError("LOST", "x", "l"), 9],
  ["a failed command", new CommandError("EXIT", "x", { commandLine: "false" }), 7],
  ["a missing prerequisite", new JobError("PREREQUISITE", "x", { wiki: "w" }), 8],
  ["a failed job", new JobError("FAILED", "x", { wiki: "w" }), 1],
  ["a file that is missing", new SourceError("NOT_FOUND", "x", "f"), 74],
  ["a full disk", new SourceError("NO_SPACE", "x", "f"), 74],
  ["an error of the system", thrownBy(() => readFileSync("/nowhere/x")), 74],
  ["a directory read as a file", thrownBy(() => readFileSync("/")), 74],
  ["an interruption", new InterruptedError("x"), 143],
  ["a bug", new TypeError("x is not a function"), 70],
  ["an error of the runtime", thrownBy(() => readFileSync(null as unknown as string)), 70],
  ["an error of ours that has no class", new WikidumpError("X", "x"), 70],
  ["something that is no error", "x", 70],
  ["nothing at all", undefined, 70],
];
for (const [what, error, code] of CASES) {
  test(`${what} gives ${code}`, () => assert.equal(exitCodeFor(error), code));
}

test("the table has each code once, in order, and all that the code uses", () => {
  const codes = EXIT_CODES.map(({ code }) => code);
  assert.deepEqual(codes, [...new Set(codes)].sort((a, b) => a - b));
  for (const code of Object.values(EXIT) as readonly number[]) assert.ok(codes.includes(code), `${code}`);
});
