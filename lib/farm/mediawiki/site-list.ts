/** The sites that the wiki knows (for links between languages, for Wikibase), as exportSites.php writes them. */
import { formatCommand } from "../process/command.ts";
import { type PipelineSink, runPipeline } from "../process/pipeline.ts";
import { DatabaseOutput, type ExpectedOutput } from "./database-output.ts";
import { phpScript, type PhpTools } from "./php-script.ts";

/** The list is a table of a few thousand rows: whoever needs longer hangs. */
const TIMEOUT_MS = 10 * 60 * 1000;

const SITE_LIST: ExpectedOutput = {
  start: "<sites ",
  end: /<\/sites>\s*$/,
  endName: '"</sites>"',
  remedy: "Run the script by hand: PHP's own messages may stand in its output",
};

export interface SiteListOptions {
  readonly wiki: string;
  readonly php: PhpTools;
}

/** Writes the list. Throws CommandError when the script fails, or wrote something else, or not all of it. */
export async function dumpSiteList(
  sink: PipelineSink,
  { wiki, php }: SiteListOptions,
  signal: AbortSignal,
): Promise<void> {
  const script = await phpScript(php, wiki, "exportSites.php", ["php://stdout"]);
  const output = new DatabaseOutput(sink, SITE_LIST);
  await runPipeline([script], { output, signal, timeoutMs: TIMEOUT_MS });
  output.verify(formatCommand(script));
}
