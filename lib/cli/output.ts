/**
 * Results for machines: one JSON object per line on stdout, errors as JSON on stderr.
 */
import { isWikidumpError } from "../errors.ts";
import type { OutputSink } from "../host/terminal.ts";
import { exitCodeFor } from "./exit-codes.ts";
import { messageOf } from "./render-error.ts";

/**
 * Writes one object as one line. `schema` names what it is and its version, such as "bzdump/find-page@1"; it comes
 * first. Numbers that JSON cannot hold (bigint) become strings.
 */
export async function writeJson(
  sink: OutputSink,
  schema: string,
  value: Readonly<Record<string, unknown>>,
): Promise<void> {
  await sink.write(toJsonLine(schema, value));
}

/** What `writeJson` writes. */
export function toJsonLine(schema: string, value: Readonly<Record<string, unknown>>): string {
  return `${toJson({ schema, ...value })}\n`;
}

/** An error as one line of JSON, with the code that scripts can rely on. */
export function errorAsJson(error: unknown): string {
  const details = isWikidumpError(error) ? placeOf(error) : {};
  return `${
    toJson({
      schema: "wikidump/error@1",
      name: error instanceof Error ? error.name : "Error",
      code: isWikidumpError(error) ? error.code : "UNEXPECTED",
      message: messageOf(error),
      remedy: isWikidumpError(error) ? error.remedy : "",
      exitCode: exitCodeFor(error),
      ...details,
    })
  }\n`;
}

/** The fields of the error's own class: file and line, bit offset, wiki and job, … */
function placeOf(error: Error): Readonly<Record<string, unknown>> {
  const { name: _, code: _code, message: _message, remedy: _remedy, stack: _stack, cause: _cause, ...place } = error as
    & Error
    & { code: unknown; remedy: unknown };
  return place;
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item));
}
