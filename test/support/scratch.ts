/** Directories for tests, which vanish when the test process ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const made: string[] = [];

/** Makes an empty directory of this process. */
export function scratchDirectory(purpose: string): string {
  if (made.length === 0) {
    process.on("exit", () => made.forEach((path) => rmSync(path, { recursive: true, force: true })));
  }
  const path = mkdtempSync(join(tmpdir(), `wikidump-${purpose}-`));
  made.push(path);
  return path;
}
