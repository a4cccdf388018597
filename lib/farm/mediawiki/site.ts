/**
 * What MediaWiki's configuration says of a wiki: its database server, its table prefix, its address on the web.
 *
 * Asked once in a run, with two maintenance scripts side by side, and remembered.
 */
import { CommandError } from "../../errors.ts";
import { captureText } from "../process/capture.ts";
import { type Command, formatCommand } from "../process/command.ts";
import { type DatabaseHost, parseDatabaseHost } from "./database-host.ts";
import { phpScript, type PhpTools } from "./php-script.ts";
import { withRetries } from "./with-retries.ts";

const VARIABLES = ["wgDBprefix", "wgCanonicalServer", "wgScriptPath"] as const;
const DEFAULT_RETRIES = 3;
const DEFAULT_PAUSE_MS = 5000;
const DEFAULT_TIMEOUT_MS = 120_000;

/** The facts. */
export interface SiteFacts {
  readonly database: DatabaseHost;
  /** "" where tables have none. */
  readonly tablePrefix: string;
  /** Such as "https://el.wikivoyage.org". */
  readonly canonicalServer: string;
  /** Such as "/w". */
  readonly scriptPath: string;
}

export interface SiteOptions {
  readonly wiki: string;
  readonly php: PhpTools;
  /** How often a script is tried again; 3 without it. */
  readonly retries?: number;
  /** Before the first new attempt, doubled each time; 5000 without it. */
  readonly pauseMs?: number;
  /** Longest time of one script; two minutes without it. */
  readonly timeoutMs?: number;
}

/** A wiki of a MediaWiki installation. */
export class MediaWikiSite {
  readonly wiki: string;
  readonly #options: SiteOptions;
  #facts: Promise<SiteFacts> | undefined;

  constructor(options: SiteOptions) {
    this.wiki = options.wiki;
    this.#options = options;
  }

  /** The facts; the scripts are run at the first call, and at the next one after a failure. */
  async facts(signal?: AbortSignal): Promise<SiteFacts> {
    const asked = this.#facts ??= this.#ask(signal);
    try {
      return await asked;
    } catch (error) {
      if (this.#facts === asked) this.#facts = undefined;
      throw error;
    }
  }

  /** Has the scripts run again at the next call: the replica that was named may have been taken out of service. */
  forget(): void {
    this.#facts = undefined;
  }

  async #ask(signal: AbortSignal | undefined): Promise<SiteFacts> {
    const [server, configuration] = await Promise.all([
      this.#run("getReplicaServer.php", ["--group=dump"], { signal, read: readServer }),
      this.#run("getConfiguration.php", ["--format=json", `--regex=${VARIABLES.join("|")}`], {
        signal,
        read: readConfiguration,
      }),
    ]);
    return { database: server, ...configuration };
  }

  async #run<Result>(
    script: string,
    args: readonly string[],
    { signal, read }: {
      readonly signal: AbortSignal | undefined;
      readonly read: (output: string) => Result | undefined;
    },
  ): Promise<Result> {
    const { wiki, php, retries = DEFAULT_RETRIES, pauseMs = DEFAULT_PAUSE_MS, timeoutMs = DEFAULT_TIMEOUT_MS } =
      this.#options;
    const asked = await phpScript(php, wiki, script, args);
    const once = async (): Promise<Result> => {
      const output = await captureText([asked], { timeoutMs, ...(signal === undefined ? {} : { signal }) });
      const result = read(output);
      if (result === undefined) throw unreadable(asked, output);
      return result;
    };
    return await withRetries(once, { retries, firstPauseMs: pauseMs, growth: 2, signal });
  }
}

/** Lines of PHP about itself may stand before or after the answer. */
function readServer(output: string): DatabaseHost | undefined {
  for (const line of output.split("\n")) {
    const host = parseDatabaseHost(line.trim());
    if (host !== undefined) return host;
  }
  return undefined;
}

function readConfiguration(output: string): Omit<SiteFacts, "database"> | undefined {
  const line = output.split("\n").find((one) => one.startsWith("{"));
  if (line === undefined) return undefined;
  const values = parseJson(line) as Readonly<Record<string, unknown>> | undefined;
  const [prefix, server, path] = VARIABLES.map((name) => values?.[name]);
  if (typeof prefix !== "string" || typeof path !== "string") return undefined;
  return { tablePrefix: prefix, canonicalServer: typeof server === "string" ? server : "", scriptPath: path };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(asked: Command, output: string): CommandError {
  const commandLine = formatCommand(asked);
  const shown = JSON.stringify(output.length > 200 ? `${output.slice(0, 200)}…` : output);
  return new CommandError("EXIT", `${commandLine} printed something that is no answer: ${shown}`, { commandLine }, {
    remedy: "Run the command by hand and see what is wrong with the wiki's LocalSettings.php",
  });
}
