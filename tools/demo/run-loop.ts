/** Runs the loop of workers: a progress line on a terminal, and one line for each wiki instead of the whole log. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { endUnless, showCommand } from "./run-script.ts";
import type { DemoHost } from "./runtime.ts";

/** What the log has said of the wiki at hand. */
interface WikiSoFar {
  readonly name: string;
  readonly startedMs: number;
  read: string;
  doneJobs: number;
}

export async function runLoop(host: DemoHost, script: string, ...args: readonly string[]): Promise<void> {
  showCommand(host, script, args);
  const [program, ...fixed] = host.runtime.command as [string, ...string[]];
  const child = spawn(program, [...fixed, `dist/${script}.mjs`, ...args], {
    cwd: host.root,
    stdio: ["ignore", "inherit", "pipe"],
  });
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  const log: string[] = [];
  let wiki: WikiSoFar | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    log.push(line);
    const started = / Dumping (\w+) on /.exec(line)?.[1];
    if (started !== undefined) {
      if (wiki !== undefined) finish(wiki);
      wiki = { name: started, startedMs: performance.now(), read: "", doneJobs: 0 };
    }
    if (wiki !== undefined) note(wiki, line);
    showProgress(line);
  }
  if (wiki !== undefined) finish(wiki);
  const [status, signal] = await ended;
  if (status !== 0) console.error(log.join("\n"));
  endUnless(status === 0, script, status ?? signal);
}

function note(wiki: WikiSoFar, line: string): void {
  wiki.read = / Read (.*)$/.exec(line)?.[1] ?? wiki.read;
  if (/ Job \w+ is done$/.test(line)) wiki.doneJobs++;
}

function finish(wiki: WikiSoFar): void {
  showProgress("");
  const seconds = ((performance.now() - wiki.startedMs) / 1000).toFixed(1);
  console.log(`  ${wiki.name.padEnd(16)} ${wiki.read}, ${wiki.doneJobs} jobs done, ${seconds} s`);
}

/** The last line of the log, in place; on a terminal only. */
function showProgress(line: string): void {
  const { stderr } = process;
  if (!stderr.isTTY || process.env["TERM"] === "dumb") return;
  const text = line.replace(/^[-\d]+ [:\d]+: /, "").slice(0, (stderr.columns ?? 80) - 3);
  stderr.write(text === "" ? "\r\x1b[K" : `\r\x1b[K  ${text}`);
}
