/**
 * Whether a module is the script that was started, under Node (also through a link, as npm makes them), Deno and Bun.
 */
import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** What `import.meta` has, as far as it matters here. */
export interface ModuleMeta {
  readonly url: string;
  readonly main?: boolean;
}

/** Whether the module with this `import.meta` was started as the script. */
export function isMain(meta: ModuleMeta): boolean {
  // Deno, Bun and newer Node say it themselves.
  if (typeof meta.main === "boolean") return meta.main;
  const started = process.argv[1];
  if (started === undefined || !meta.url.startsWith("file:")) return false;
  try {
    return realpathSync(started) === realpathSync(fileURLToPath(meta.url));
  } catch {
    return false;
  }
}

/** The name by which the script was started, without directory and extension: "bzdump", or the name of a link to it. */
export function invokedName(): string {
  return basename(process.argv[1] ?? "").replace(/\.[cm]?[jt]s$/, "");
}

/** The arguments after the script's name. */
export function scriptArguments(): readonly string[] {
  return process.argv.slice(2);
}

/** The directory of the script that was started, links followed: where files that belong to the script lie. */
export function scriptDirectory(): string {
  const started = process.argv[1];
  if (started === undefined) return process.cwd();
  try {
    return dirname(realpathSync(started));
  } catch {
    return process.cwd();
  }
}
