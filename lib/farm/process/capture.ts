/**
 * Runs a pipeline for the little that it prints: a version, a list, a value of a wiki's settings.
 */
import { CommandError } from "../../errors.ts";
import { type Command, formatPipeline } from "./command.ts";
import { type PipelineOptions, runPipeline } from "./pipeline.ts";

const DEFAULT_MAX_BYTES = 1024 * 1024;

export interface CaptureOptions extends Omit<PipelineOptions, "output"> {
  /** More output than this is a failure; 1 MiB without it. */
  readonly maxBytes?: number;
}

/**
 * The output of a pipeline as text (UTF-8). Throws the `CommandError` when a command fails or prints more than
 * `maxBytes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { captureText, command } from "wikidump/node";
 *
 * assert.equal(await captureText([command("printf", "%s-%s", "a b", "c")]), "a b-c");
 * ```
 */
export async function captureText(commands: readonly Command[], options: CaptureOptions = {}): Promise<string> {
  const { maxBytes = DEFAULT_MAX_BYTES, ...rest } = options;
  const decoder = new TextDecoder();
  let byteLength = 0;
  let text = "";
  const write = (bytes: Uint8Array): undefined => {
    byteLength += bytes.byteLength;
    if (byteLength > maxBytes) {
      const commandLine = formatPipeline(commands);
      throw new CommandError("EXIT", `${commandLine} printed more than ${maxBytes} bytes`, { commandLine });
    }
    text += decoder.decode(bytes, { stream: true });
  };
  await runPipeline(commands, { ...rest, output: { write } });
  return text + decoder.decode();
}
