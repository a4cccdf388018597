/**
 * A wiki's database: small queries, dumps of tables, lists of titles. Everything goes through the programs mysql and mysqldump.
 */
import { captureText } from "../process/capture.ts";
import { type Command, formatCommand } from "../process/command.ts";
import { type PipelineOptions, type PipelineSink, runPipeline } from "../process/pipeline.ts";
import { DatabaseOutput, rowsBelow, TABLE_DUMP } from "./database-output.ts";
import { type DatabaseTools, mysqlCommand, mysqldumpCommand } from "./mysql-command.ts";
import type { IdRange } from "./slices/slice-plan.ts";
import type { MediaWikiSite } from "./site.ts";
import { withRetries } from "./with-retries.ts";

const DEFAULT_RETRIES = 3;
const DEFAULT_PAUSE_MS = 5000;
/** Of rows that are held in memory. */
const MAX_RESULT_BYTES = 16 * 1024 * 1024;

export interface DatabaseOptions {
  readonly site: Pick<MediaWikiSite, "wiki" | "facts" | "forget">;
  readonly tools: DatabaseTools;
  /** How often a query is tried again; 3 without it. */
  readonly retries?: number;
  /** Before the first new attempt, doubled each time; 5000 without it. */
  readonly pauseMs?: number;
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined;
  /** The query is ended after so long, and not tried again. */
  readonly timeoutMs?: number;
}

/** The highest ids there are; 0 where there is none. */
export interface MaxIds {
  readonly pageId: number;
  readonly revisionId: number;
  readonly logId: number;
}

/** Which titles: those of articles without namespace, or all with the namespace before them. */
export type TitleKind = "main" | "all";

/** How output is run and watched. */
export type DatabaseDumpOptions = Pick<PipelineOptions, "signal" | "stallMs" | "timeoutMs" | "onStderrLine">;

/** Columns of the lists of titles; sorted as the index has them, which costs nothing. */
const TITLES: Readonly<Record<TitleKind, { readonly columns: readonly string[]; readonly rest: string }>> = {
  main: { columns: ["page_title"], rest: "where page_namespace=0 order by page_title" },
  all: { columns: ["page_namespace", "page_title"], rest: "order by page_namespace, page_title" },
};

/** The database of one wiki. */
export class WikiDatabase {
  readonly #options: DatabaseOptions;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** The tables that the wiki has, without their prefix. */
  async tables(signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const { tablePrefix } = await this.#options.site.facts(signal);
    const rows = await this.#query(() => "show tables", { signal });
    const names = rows.map(([name = ""]) => name).filter((name) => name.startsWith(tablePrefix));
    return new Set(names.map((name) => name.slice(tablePrefix.length)));
  }

  async maxIds(signal?: AbortSignal): Promise<MaxIds> {
    const highest = (column: string, table: string): string => `(select max(${column}) from ${table})`;
    const [row = []] = await this.#query(
      (table) =>
        `select ${highest("page_id", table("page"))}, ${highest("rev_id", table("revision"))}, ` +
        highest("log_id", table("logging")),
      { signal },
    );
    const [pageId = 0, revisionId = 0, logId = 0] = row.map((text) => (text === "NULL" ? 0 : Number(text)));
    return { pageId, revisionId, logId };
  }

  /** How many revisions some pages have. */
  async countRevisions(pages: IdRange, options: QueryOptions = {}): Promise<number> {
    const [row] = await this.#query((table) =>
      `select count(rev_id) from ${table("revision")} ` +
      `where rev_page >= ${integer(pages.first)} and rev_page <= ${integer(pages.last)}`, options);
    return Number(row?.[0]);
  }

  /** Those of some pages whose current revision is not in the database: left-overs of accidents long ago. */
  async pagesWithoutCurrent(pages: IdRange, signal?: AbortSignal): Promise<ReadonlySet<number>> {
    const rows = await this.#query(
      (table) =>
        `select page_id from ${table("page")} left join ${
          table("revision")
        } on rev_id = page_latest and rev_page = page_id ` +
        `where page_id >= ${integer(pages.first)} and page_id <= ${integer(pages.last)} and rev_id is null`,
      { signal },
    );
    return new Set(rows.map(([id]) => Number(id)));
  }

  /** The command that dumps a table; its name is given without the prefix. */
  async tableDumpCommand(table: string, signal?: AbortSignal): Promise<Command> {
    const { site, tools } = this.#options;
    const { database, tablePrefix } = await site.facts(signal);
    return mysqldumpCommand(tools, database, site.wiki, tablePrefix + table);
  }

  /** Writes a table as SQL. Throws CommandError when mysqldump fails, or did not finish whatever it says. */
  async dumpTable(table: string, sink: PipelineSink, options: DatabaseDumpOptions = {}): Promise<void> {
    const dump = await this.tableDumpCommand(table, options.signal);
    await runVerified(dump, new DatabaseOutput(sink, TABLE_DUMP), options);
  }

  /** Writes titles below a line with the names of the columns, in the order of the index, backslashes as they are. */
  async listTitles(kind: TitleKind, sink: PipelineSink, options: DatabaseDumpOptions = {}): Promise<void> {
    const { client, statement } = await this.titlesCommand(kind, options.signal);
    const output = new DatabaseOutput(sink, rowsBelow(TITLES[kind].columns.join("\t")));
    await runVerified(client, output, { ...options, input: statementStream(statement) });
  }

  /** The command that lists titles, and what it is to be fed. */
  async titlesCommand(
    kind: TitleKind,
    signal?: AbortSignal,
  ): Promise<{ readonly client: Command; readonly statement: string }> {
    const { site, tools } = this.#options;
    const { database, tablePrefix } = await site.facts(signal);
    const { columns, rest } = TITLES[kind];
    const statement = `select ${columns.join(", ")} from ${quoteName(`${tablePrefix}page`)} ${rest};\n`;
    return { client: mysqlCommand(tools, database, site.wiki, "raw"), statement };
  }

  /** Rows without the header. The statement may name the wiki's tables by `table("page")`. */
  async #query(
    statement: (table: (name: string) => string) => string,
    { signal, timeoutMs }: QueryOptions,
  ): Promise<readonly (readonly string[])[]> {
    const { site, tools, retries = DEFAULT_RETRIES, pauseMs = DEFAULT_PAUSE_MS } = this.#options;
    const once = async (): Promise<string> => {
      const { database, tablePrefix } = await site.facts(signal);
      const sql = statement((name) => quoteName(tablePrefix + name));
      return await captureText([mysqlCommand(tools, database, site.wiki, "escaped")], {
        input: statementStream(`${sql};\n`),
        maxBytes: MAX_RESULT_BYTES,
        ...(signal === undefined ? {} : { signal }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
    };
    // Next time the wiki may name another server.
    const onRetry = (): void => site.forget();
    const tries = timeoutMs === undefined ? retries : 0;
    const text = await withRetries(once, { retries: tries, firstPauseMs: pauseMs, growth: 2, signal, onRetry });
    return parseRows(text);
  }
}

/** The rows that mysql --batch printed, without the header line; NULL is the text "NULL". */
export function parseRows(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").slice(1, -1);
  return lines.map((line) => line.split("\t").map(unescape));
}

function unescape(field: string): string {
  return field.replace(/\\(.)/g, (_, letter: string) => {
    switch (letter) {
      case "t":
        return "\t";
      case "n":
        return "\n";
      case "0":
        return "\0";
      default:
        return letter;
    }
  });
}

async function runVerified(
  command: Command,
  output: DatabaseOutput,
  options: DatabaseDumpOptions & Pick<PipelineOptions, "input">,
): Promise<void> {
  await runPipeline([command], { ...options, output });
  output.verify(formatCommand(command));
}

function statementStream(statement: string): ReadableStream<Uint8Array> {
  return new Blob([new TextEncoder().encode(statement)]).stream();
}

function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no id`);
  return String(value);
}
