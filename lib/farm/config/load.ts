/**
 * Finds the files of a configuration, reads and checks them.
 *
 * Weakest first: the defaults, $HOME/.wikidump.conf, /etc/wikidump.conf, and the main file, which is the one that the
 * caller names, else the one that the environment variable WIKIDUMP_CONFIG names, else wikidump.conf in the script's
 * directory. Differs from dumps (Python): there, the named file is the weakest
 * (docs/decisions/002-named-configuration-wins.md).
 */
import { ConfigError, SourceError } from "../../errors.ts";
import { type Environment, environment, homeDirectory } from "../../host/environment.ts";
import { resolvePath } from "../../host/paths.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { checkLayers } from "./check.ts";
import { parseConfigText } from "./config-text.ts";
import { FarmConfig } from "./farm-config.ts";
import type { Value } from "./key-spec.ts";
import { Layers } from "./layers.ts";
import { type Problem, throwProblems } from "./problem.ts";
import { SCHEMA_KEYS, type SchemaKey } from "./schema.ts";
import { readValue } from "./values.ts";

/** Where to look. */
export interface LoadOptions {
  /** The file that the user named; it must exist. */
  readonly file?: string | undefined;
  /** The override section that the user named; it must exist. */
  readonly override?: string | undefined;
  /** Directory of .wikidump.conf; the user's home directory without it, "" for none. */
  readonly home?: string | undefined;
  /** Directory of the script, where a wikidump.conf may lie; not looked at without it. */
  readonly scriptDir?: string | undefined;
  /** Environment variables; those of the process without it. */
  readonly env?: Environment | undefined;
  /** The file of the machine; /etc/wikidump.conf without it. */
  readonly systemFile?: string | undefined;
}

/**
 * Loads a configuration. Every value is checked here, also those that nothing uses today.
 *
 * Throws ConfigError: UNREADABLE for a file that cannot be read or a named one that is missing, MISSING for an override
 * section that no file has, SYNTAX, UNKNOWN_OPTION or BAD_VALUE for the first thing that is wrong in the files; the
 * message lists the rest.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtempSync, writeFileSync } from "node:fs";
 * import { loadConfig } from "wikidump/node";
 *
 * const directory = mkdtempSync("/tmp/wikidump-example-");
 * writeFileSync(`${directory}/my.conf`, "[wiki]\nexport = exports/{wiki}.xml\n[tenwiki]\nkeep = 7\n");
 * const config = await loadConfig({ file: `${directory}/my.conf`, home: "" });
 * const settings = config.forWiki("tenwiki");
 * assert.equal(settings.wiki.source, "export");
 * assert.equal(settings.wiki.export, `${directory}/exports/tenwiki.xml`);
 * assert.equal(settings.cleanup.keep, 7);
 * ```
 */
export async function loadConfig(options: LoadOptions = {}): Promise<FarmConfig> {
  const layers = new Layers();
  const problems: Problem[] = [];
  const files: string[] = [];
  for (const { path, isNamed } of candidateFiles(options)) {
    const text = await readConfigFile(path, isNamed);
    if (text === undefined) continue;
    files.push(path);
    const parsed = parseConfigText(text, path);
    problems.push(...parsed.problems);
    layers.add(parsed.sections);
  }
  const checked = checkLayers(layers);
  problems.push(...checked.problems);
  throwProblems(inOrderOfFiles(problems, files));
  const override = options.override === undefined || options.override === "" ? undefined : options.override;
  if (override !== undefined && !layers.has(override)) throw missingOverride(override, files);
  return new FarmConfig({
    files,
    override,
    layers,
    values: checked.values,
    defaults: readDefaults(),
    warnings: checked.warnings,
  });
}

/**
 * Splits "file:section", as --configfile takes it. A colon with a slash after it belongs to the path.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitConfigArgument } from "./load.ts";
 *
 * assert.deepEqual(splitConfigArgument("/etc/farm.conf:bigwikis"), { file: "/etc/farm.conf", override: "bigwikis" });
 * ```
 */
export function splitConfigArgument(
  argument: string,
): { readonly file: string; readonly override: string | undefined } {
  const colonAt = argument.lastIndexOf(":");
  const section = argument.slice(colonAt + 1);
  if (colonAt < 1 || section === "" || section.includes("/")) return { file: argument, override: undefined };
  return { file: argument.slice(0, colonAt), override: section };
}

/** The files that are looked for, whether they are there or not. */
export function candidatePaths(options: LoadOptions): readonly string[] {
  return candidateFiles(options).map(({ path }) => path);
}

interface CandidateFile {
  readonly path: string;
  readonly isNamed: boolean;
}

function candidateFiles(options: LoadOptions): readonly CandidateFile[] {
  const env = options.env ?? environment();
  const home = options.home ?? env["HOME"] ?? homeDirectory();
  const files: CandidateFile[] = [];
  if (home !== "") files.push({ path: resolvePath(home, ".wikidump.conf"), isNamed: false });
  files.push({ path: options.systemFile ?? "/etc/wikidump.conf", isNamed: false });
  const named = options.file || env["WIKIDUMP_CONFIG"];
  if (named) files.push({ path: resolvePath(".", named), isNamed: true });
  else if (options.scriptDir) files.push({ path: resolvePath(options.scriptDir, "wikidump.conf"), isNamed: false });
  // A file that is named and also lies in one of the usual places counts once, where it is strongest.
  return files.filter((file, index) => files.findLastIndex((other) => other.path === file.path) === index);
}

async function readConfigFile(path: string, isNamed: boolean): Promise<string | undefined> {
  let text: string | undefined;
  try {
    text = await readSmallFile(path);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new ConfigError("UNREADABLE", `Configuration file ${path} cannot be read`, { file: path }, {
      cause: error,
      remedy: error.remedy,
    });
  }
  if (text === undefined && isNamed) {
    throw new ConfigError("UNREADABLE", `Configuration file ${path} does not exist`, { file: path }, {
      remedy: "Check the name; it is seen from the current directory",
    });
  }
  return text;
}

function inOrderOfFiles(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  return [...problems].sort((a, b) => files.indexOf(b.file) - files.indexOf(a.file) || a.line - b.line);
}

function missingOverride(override: string, files: readonly string[]): ConfigError {
  const read = files.length === 0 ? "no file was found" : `files read: ${files.join(", ")}`;
  return new ConfigError("MISSING", `No section [${override}], which was named as the override section (${read})`, {
    file: files.at(-1) ?? "",
    section: override,
  }, { remedy: "Check the part after the colon of --configfile" });
}

function readDefaults(): ReadonlyMap<SchemaKey, Value> {
  // A relative path among the defaults is seen from the current directory.
  return new Map(
    SCHEMA_KEYS.map((key) => [key, readValue(key.spec.default, key.spec, (path) => resolvePath(".", path))]),
  );
}
