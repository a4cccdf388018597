/**
 * What went wrong, as status pages tell it. They may be public: where files lie on this host is nobody's business there.
 */
import { isWikidumpError } from "../errors.ts";
import type { WikiSettings } from "./config/schema.ts";
import type { JobTrouble } from "./report/run-status.ts";

/** Code, message and remedy of an error, in full: for the log. */
export function troubleOf(error: unknown): JobTrouble {
  if (isWikidumpError(error)) return { code: error.code, message: error.message, remedy: error.remedy };
  return { code: "UNEXPECTED", message: error instanceof Error ? error.message : String(error), remedy: "" };
}

/** The same, with paths below the trees and the export shortened to what stands below them. */
export function publicTrouble(error: unknown, settings: WikiSettings): JobTrouble {
  const { code, message, remedy } = troubleOf(error);
  return { code, message: withoutRoots(message, settings), remedy: withoutRoots(remedy, settings) };
}

/** A text with paths below the trees and the export shortened to what stands below them. */
export function withoutRoots(text: string, { output, wiki }: WikiSettings): string {
  const roots = [output.public, output.private, output.temp, wiki.export, directoryOf(wiki.export)];
  const longestFirst = roots.filter((root) => root !== "").sort((a, b) => b.length - a.length);
  return longestFirst.reduce(
    (shorter, root) => shorter.replaceAll(`${root}/`, "").replaceAll(root, baseName(root)),
    text,
  );
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
