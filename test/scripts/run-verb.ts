/** Runs a verb of bzdump within the test's own process, and serves files over HTTP for it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { concatBytes } from "../../lib/bits/bytes.ts";
import type { CommandSpec } from "../../lib/cli/options.ts";
import { runCommand } from "../../lib/cli/run-command.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { memorySink } from "../support/memory-sink.ts";

export interface VerbRun {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a verb to its end. The exit code of the test process stays as it is. */
export async function runVerb<const Spec extends CommandSpec>(
  verb: Verb<Spec>,
  ...args: readonly string[]
): Promise<VerbRun> {
  const chunks: Uint8Array[] = [];
  const stderr = memorySink();
  const stdout = {
    ...memorySink(),
    write: (data: string | Uint8Array): Promise<void> => {
      chunks.push(typeof data === "string" ? new TextEncoder().encode(data) : data.slice());
      return Promise.resolve();
    },
  };
  const before = process.exitCode;
  const signal = new AbortController().signal;
  const code = await runCommand(verb.spec, (invocation) => verb.run(invocation, signal), {
    args: verb.prepare?.(args) ?? args,
    stdout,
    stderr,
  });
  process.exitCode = before;
  const bytes = concatBytes(chunks);
  return { code, bytes, stdout: new TextDecoder().decode(bytes), stderr: stderr.text() };
}

/** A server that knows one file. */
export interface FileServer {
  readonly url: string;
  /** Bytes that were sent so far. */
  readonly sentLength: number;
  close(): Promise<void>;
}

/** Serves a file; without ranges it always sends the whole of it. */
export async function serveFile(file: Uint8Array, options: { hasRanges: boolean }): Promise<FileServer> {
  let sentLength = 0;
  const server = createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (first === undefined || !options.hasRanges) {
      response.writeHead(200, { "content-length": file.length }).end(file);
      return;
    }
    const end = Math.min(Number(last) + 1, file.length);
    const part = file.subarray(Number(first), end);
    sentLength += part.length;
    response.writeHead(206, { "content-range": `bytes ${first}-${end - 1}/${file.length}`, etag: '"one"' }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.xml.bz2`,
    get sentLength() {
      return sentLength;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
