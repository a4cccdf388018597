/**
 * Loads the SQL dumps of a run into an empty database, and compares what came out with the wiki's own tables: columns, keys,
 * every row. A dump that cannot be loaded, or that lost a row, is what nobody notices until they need it.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram, tryProgram } from "./run-program.ts";
import type { Stack } from "./stack.ts";

/** What is wrong with the dump of one table. */
export interface TableDifference {
  readonly table: string;
  readonly what: string;
}

/** What came out. */
export interface SqlComparison {
  /** Tables that were loaded → number of rows. */
  readonly tables: ReadonlyMap<string, number>;
  readonly differences: readonly TableDifference[];
}

const MAX_SHOWN_ROWS = 3;

/** Loads every `*.sql.gz` of a directory and compares it with the wiki. The database is removed afterwards. */
export async function loadSql(stack: Stack, wiki: string, directory: string): Promise<SqlComparison> {
  const files = readdirSync(directory).filter((name) => name.endsWith(".sql.gz")).sort();
  if (files.length === 0) throw new Error(`${directory} has no SQL dumps`);
  const copy = `${wiki}_loaded`;
  const prefix = stack.tablePrefix(wiki);
  const tables = new Map<string, number>();
  const differences: TableDifference[] = [];
  await stack.sql("", `drop database if exists \`${copy}\`; create database \`${copy}\` character set binary`);
  try {
    for (const file of files) {
      const before = await tableNames(stack, copy);
      const error = await loadFile(stack, copy, join(directory, file));
      const made = (await tableNames(stack, copy)).filter((name) => !before.includes(name));
      const table = made[0];
      if (error !== undefined) differences.push({ table: file, what: `cannot be loaded: ${error}` });
      else if (table === undefined || made.length > 1) {
        differences.push({ table: file, what: `makes ${made.length} tables: ${made.join(" ")}` });
      } else {
        const plainName = table.slice(table.startsWith(prefix) ? prefix.length : 0);
        if (!file.endsWith(`-${table}.sql.gz`) && !file.endsWith(`-${plainName}.sql.gz`)) {
          differences.push({ table, what: `is in a file called ${file}` });
        }
        tables.set(table, await compareTable(stack, { wiki, copy, table }, differences));
      }
    }
  } finally {
    await stack.sql("", `drop database if exists \`${copy}\``);
  }
  return { tables, differences };
}

/** Gives what `mysql` said when it failed. */
async function loadFile(stack: Stack, database: string, path: string): Promise<string | undefined> {
  const plain = await tryProgram("gzip", ["-dc", path]);
  if (plain.status !== 0) return plain.stderr.trim();
  if (!new TextDecoder().decode(plain.stdout.subarray(-200)).includes("-- Dump completed")) {
    return "it has no last line";
  }
  try {
    await runProgram("mysql", stack.database.rootArgs(database), { input: plain.stdout });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

async function tableNames(stack: Stack, database: string): Promise<readonly string[]> {
  return (await stack.sql(database, "show tables")).split("\n").filter((name) => name !== "");
}

interface TablePair {
  readonly wiki: string;
  readonly copy: string;
  readonly table: string;
}

async function compareTable(stack: Stack, pair: TablePair, differences: TableDifference[]): Promise<number> {
  const { table } = pair;
  const note = (what: string) => void differences.push({ table, what });
  const original = await sqlOf(stack, pair, originalName(stack, pair));
  const loaded = await sqlOf(stack, { ...pair, wiki: pair.copy }, table);
  if (original.definition !== loaded.definition) {
    note(`is defined as ${loaded.definition}, not as ${original.definition}`);
  }
  const [there, here] = [counted(original.rows), counted(loaded.rows)];
  const lost = [...there].filter(([row, count]) => (here.get(row) ?? 0) < count).map(([row]) => row);
  const gained = [...here].filter(([row, count]) => (there.get(row) ?? 0) < count).map(([row]) => row);
  const some = (rows: readonly string[]) => rows.slice(0, MAX_SHOWN_ROWS).join("; ").slice(0, 1000);
  if (lost.length > 0) note(`lacks ${lost.length} rows, such as ${some(lost)}`);
  if (gained.length > 0) note(`has ${gained.length} rows that the wiki has not, such as ${some(gained)}`);
  return loaded.rows.length;
}

/** The dump of a wiki with a table prefix has the prefix in it. */
function originalName(stack: Stack, { wiki, table }: TablePair): string {
  const prefix = stack.tablePrefix(wiki);
  return table.startsWith(prefix) ? table : `${prefix}${table}`;
}

/** A table's definition without its counters, and its rows as text that is the same for the same values only. */
async function sqlOf(
  stack: Stack,
  { wiki }: TablePair,
  table: string,
): Promise<{ readonly definition: string; readonly rows: readonly string[] }> {
  const shown = await stack.sql(wiki, `show create table \`${table}\``);
  const definition = shown.replace(/^[^\t]*\t/, "").replace(/ AUTO_INCREMENT=\d+/, "").trim();
  const columns = (await stack.sql(wiki, `show columns from \`${table}\``)).trim().split("\n")
    .map((line) => line.split("\t")[0] ?? "");
  // QUOTE tells NULL from 'NULL'; mysql itself escapes line ends.
  const values = columns.map((column) => `quote(\`${column}\`)`).join(", ");
  const rows = await stack.sql(wiki, `select ${values} from \`${table}\``);
  return { definition, rows: rows.split("\n").filter((row) => row !== "") };
}

function counted(rows: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}
