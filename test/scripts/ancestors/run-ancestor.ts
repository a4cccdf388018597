/** Runs an old tool by its name within the test's own process. */
import process from "node:process";
import { runAncestor } from "../../../scripts/bzdump/ancestors/ancestor.ts";
import { findAncestor } from "../../../scripts/bzdump/ancestors/table.ts";
import { memorySink } from "../../support/memory-sink.ts";

export interface AncestorRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. The exit code of the test process stays as it is. */
export async function runOld(name: string, ...args: readonly string[]): Promise<AncestorRun> {
  const ancestor = findAncestor(name);
  if (ancestor === undefined) throw new Error(`no old tool ${name}`);
  const [stdout, stderr] = [memorySink(), memorySink()];
  const before = process.exitCode;
  const code = await runAncestor(ancestor, args, new AbortController().signal, { stdout, stderr });
  process.exitCode = before;
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
