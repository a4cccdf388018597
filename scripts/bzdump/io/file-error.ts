/**
 * Errors of one file among several: what was wrong, in which file, where in it, and how much was good.
 */
import { isWikidumpError } from "../../../lib/errors.ts";
import type { Bzip2Error, DumpFormatError } from "../../../lib/errors.ts";
import { exitCodeFor } from "../../../lib/cli/exit-codes.ts";
import { errorAsJson } from "../../../lib/cli/output.ts";
import { renderError } from "../../../lib/cli/render-error.ts";
import { versionLine } from "../../../lib/cli/run-command.ts";

const named = new WeakSet<Error>();

/** Puts the name of the file, and the place in it, into the message of an error of this library; once. */
export function nameFile(error: unknown, name: string): unknown {
  if (!isWikidumpError(error) || error.name === "UsageError" || named.has(error)) return error;
  named.add(error);
  const place = error.name === "Bzip2Error"
    ? placeInBzip2(error as Bzip2Error)
    : error.name === "DumpFormatError"
    ? placeInXml(error as DumpFormatError)
    : "";
  error.message = `${error.message.includes(name) ? "" : `${name}: `}${error.message}${place}`;
  return error;
}

/** What the message of the decoder leaves out: the byte, and how much is good. */
function placeInBzip2({ bitOffset, streamIndex, bytesBefore, code }: Bzip2Error): string {
  if (code === "NOT_BZIP2") return "";
  // Random access does not count what it passes over.
  const good = streamIndex < 0 ? "" : `, after ${bytesBefore} good bytes`;
  return `, at byte ${Math.floor(bitOffset / 8)}${good}`;
}

function placeInXml({ byteOffset, pageId, message }: DumpFormatError): string {
  const page = pageId === undefined || message.includes(String(pageId)) ? "" : `page ${pageId}`;
  const byte = byteOffset === 0 || message.includes(String(byteOffset)) ? "" : `byte ${byteOffset} of the XML`;
  const place = [page, byte].filter((part) => part !== "").join(", ");
  return place === "" ? "" : ` (${place})`;
}

/** An error as lines for people, or as a line of JSON. */
export function renderFileError(error: unknown, context: { command: string; isJson: boolean }): string {
  const { command, isJson } = context;
  if (!isJson) return renderError(error, { command, version: versionLine(command) });
  const value = JSON.parse(errorAsJson(error)) as Record<string, unknown>;
  return `${JSON.stringify({ ...value, exitCode: exitCodeFor(error) })}\n`;
}
