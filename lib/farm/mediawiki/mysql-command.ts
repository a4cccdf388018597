/**
 * Command lines of mysql and mysqldump. Passwords stand in the option file only.
 */
import { type Command, command } from "../process/command.ts";
import { type DatabaseHost, hostOptions } from "./database-host.ts";

/** Keys of [tools] and [database]. */
export interface DatabaseTools {
  readonly mysql: string;
  readonly mysqldump: string;
  /** Option file with user and password; "" for the clients' own way to find theirs. */
  readonly optionFile: string;
  /** Such as "16M"; "" for the clients' default. */
  readonly maxAllowedPacket: string;
}

/** What mysql prints: rows to be read by us, or raw ones that go into a file as they are. */
export type RowFormat = "escaped" | "raw";

/**
 * The command that reads statements from its input and prints a header line and rows, columns separated by tabs.
 *
 * Rows are printed as they come (--quick), so that a wiki's titles need no memory, and without conversion of characters.
 */
export function mysqlCommand(tools: DatabaseTools, server: DatabaseHost, wiki: string, format: RowFormat): Command {
  const how = ["--batch", "--quick", "--column-names", "--default-character-set=binary"];
  return command(tools.mysql, ...clientOptions(tools, server), ...how, wiki, format === "raw" ? "-r" : undefined);
}

/** The command that prints a table as SQL, with the options that published dumps have been made with for years. */
export function mysqldumpCommand(tools: DatabaseTools, server: DatabaseHost, wiki: string, table: string): Command {
  const how = ["--opt", "--quick", "--skip-add-locks", "--skip-lock-tables"];
  return command(tools.mysqldump, ...clientOptions(tools, server), ...how, wiki, table);
}

/** --defaults-extra-file counts only as the first option. */
function clientOptions(tools: DatabaseTools, server: DatabaseHost): readonly string[] {
  const { optionFile, maxAllowedPacket } = tools;
  return [
    ...(optionFile === "" ? [] : [`--defaults-extra-file=${optionFile}`]),
    ...hostOptions(server),
    ...(maxAllowedPacket === "" ? [] : [`--max_allowed_packet=${maxAllowedPacket}`]),
  ];
}
