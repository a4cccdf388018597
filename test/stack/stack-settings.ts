/** The settings of a running stack (MediaWiki, database, API), for tests that need the real thing. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { openFarm } from "./open-farm.ts";

export interface StackSettings {
  /** Directory of MediaWiki. */
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly socket: string;
  /** Option file of the database's clients. */
  readonly optionFile: string;
  readonly apiBase: string;
  readonly wikis: readonly string[];
  readonly privateWikis: readonly string[];
}

/** Those of the file that WIKIDUMP_STACK_ENV names; undefined without it. */
export const STACK: StackSettings | undefined = readSettings(process.env["WIKIDUMP_STACK_ENV"]);

// Servers that another test file stopped and started again ended with it.
if (STACK !== undefined && (process.env["WIKIDUMP_STACK_BASE"] ?? "") !== "") await openFarm();

/** For `{ skip }`: false with a stack, else the reason. */
export const SKIP_WITHOUT_STACK: string | false = STACK === undefined
  ? "no MediaWiki is up (WIKIDUMP_STACK_ENV names the env.sh of one)"
  : false;

function readSettings(path: string | undefined): StackSettings | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  const values = new Map<string, string>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, name, quoted, bare] = /^(?:export )?(\w+)=(?:"(.*)"|(.*))$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, quoted ?? bare ?? "");
  }
  const value = (name: string): string => values.get(name) ?? "";
  const words = (name: string): readonly string[] => value(name).split(/\s+/).filter((word) => word !== "");
  return {
    directory: value("MW_DIR"),
    host: value("DB_HOST"),
    port: Number(value("DB_PORT")),
    socket: value("DB_SOCKET"),
    optionFile: value("DB_CLIENT_CNF"),
    apiBase: value("API_BASE"),
    wikis: words("MW_WIKIS"),
    privateWikis: words("MW_PRIVATE_WIKIS"),
  };
}
