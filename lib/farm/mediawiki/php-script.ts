/**
 * Command lines of MediaWiki's maintenance scripts.
 *
 * On a farm with several versions of MediaWiki, MWScript.php finds the one of the wiki; else the script is run where it lies.
 */
import { SourceError } from "../../errors.ts";
import { fileFacts } from "../../host/directory.ts";
import { type Command, command } from "../process/command.ts";

/** Where PHP and MediaWiki are: keys of [tools] and [wiki]. */
export interface PhpTools {
  readonly php: string;
  /** Directory of MediaWiki. */
  readonly directory: string;
  /** Directory of MWScript.php; "" where there is none. */
  readonly multiversion: string;
}

/**
 * The command that runs a maintenance script for a wiki. `script` is a file name in maintenance/, or a path that starts with
 * "extensions/". Throws SourceError NOT_FOUND if MediaWiki has no such script.
 */
export async function phpScript(
  tools: PhpTools,
  wiki: string,
  script: string,
  args: readonly string[],
): Promise<Command> {
  const wrapper = `${tools.multiversion}/MWScript.php`;
  if (tools.multiversion !== "" && (await fileFacts(wrapper)) !== undefined) {
    return command(tools.php, wrapper, script, `--wiki=${wiki}`, ...args);
  }
  const path = script.startsWith("extensions/")
    ? `${tools.directory}/${script}`
    : `${tools.directory}/maintenance/${script}`;
  if ((await fileFacts(path)) === undefined) {
    throw new SourceError("NOT_FOUND", `MediaWiki's script ${path} does not exist`, path, {
      remedy: "Set dir in [wiki] to the directory of MediaWiki, the one with maintenance/ in it",
    });
  }
  return command(tools.php, path, `--wiki=${wiki}`, ...args);
}
