/**
 * What `bzdump help` knows besides the pages of the verbs: exit codes, manual pages, completion for shells. All made from the
 * tables of options, so a new verb is in them at once.
 */
import { UsageError } from "../../lib/errors.ts";
import { EXIT_CODES } from "../../lib/cli/exit-codes.ts";
import { renderCompletion, SHELLS } from "../../lib/cli/completion.ts";
import { renderManPage } from "../../lib/cli/man-page.ts";
import type { CommandSpec } from "../../lib/cli/options.ts";
import { VERSION } from "../../lib/cli/version.ts";

/** A command and its verbs. */
export interface HelpCatalogue {
  readonly spec: CommandSpec;
  readonly verbs: readonly { readonly name: string; readonly aliases: readonly string[]; readonly spec: CommandSpec }[];
}

export const HELP_TOPICS: readonly string[] = ["exit-codes", "man", "completion"];

/** The text on a topic: `words` are those after "help". Throws UsageError for what nobody knows. */
export function helpOn(words: readonly string[], catalogue: HelpCatalogue): string {
  const [topic, about] = words;
  if (words.length > 2) throw new UsageError(`Argument ${JSON.stringify(words[2])} is one too many`);
  if (topic === "man") return manPage(about, catalogue);
  if (topic === "completion") return completion(about, catalogue);
  return EXIT_CODES.map(({ code, text }) => `${String(code).padStart(3)}  ${text}\n`).join("");
}

function manPage(verbName: string | undefined, { spec, verbs }: HelpCatalogue): string {
  const source = `wikidump ${VERSION}`;
  if (verbName === undefined) {
    const listed = verbs.map(({ name, aliases, spec: { summary } }) => ({ names: [name, ...aliases], summary }));
    return renderManPage(spec, { source, verbs: listed, seeAlso: verbs.map((verb) => pageName(verb.spec)) });
  }
  const verb = verbs.find(({ name, aliases }) => name === verbName || aliases.includes(verbName));
  if (verb === undefined) throw new UsageError(`Unknown verb ${JSON.stringify(verbName)}`);
  return renderManPage(verb.spec, { source, seeAlso: [spec.name] });
}

function pageName({ name }: CommandSpec): string {
  return name.replaceAll(" ", "-");
}

function completion(name: string | undefined, { spec, verbs }: HelpCatalogue): string {
  const shell = SHELLS.find((one) => one === name);
  if (shell === undefined) {
    throw new UsageError(
      `The shell is ${name === undefined ? "missing" : JSON.stringify(name)}, expected one of ${SHELLS.join(", ")}`,
    );
  }
  return renderCompletion(shell, {
    name: spec.name,
    verbs: verbs.map(({ name, aliases, spec }) => ({ names: [name, ...aliases], spec })),
    topics: HELP_TOPICS,
  });
}
