/** `tableinfo.json`: the names of the tables that the wiki had when the run began, as a JSON list. */
import { replaceFile } from "../../host/replace-file.ts";
import { readSmallFile } from "../../host/small-file.ts";

/** Name of the file in the directory of a run. */
export const TABLE_INFO_NAME = "tableinfo.json";

/** The content of the file. */
export function renderTableInfo(tables: readonly string[]): string {
  return `[${tables.map((table) => JSON.stringify(table)).join(", ")}]\n`;
}

/** Reads the content of the file; undefined if it is no list of names. */
export function parseTableInfo(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((name) => typeof name === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The tables that were found when the run began; undefined if that must be asked (again). Throws SourceError. */
export async function readTableInfo(path: string): Promise<readonly string[] | undefined> {
  const text = await readSmallFile(path);
  return text === undefined ? undefined : parseTableInfo(text);
}

/** Writes the file anew. Throws SourceError. */
export async function writeTableInfo(path: string, tables: readonly string[], mode?: number): Promise<void> {
  await replaceFile(path, renderTableInfo(tables), mode === undefined ? {} : { mode });
}
