/** monitor maintenance and monitor exit: the two files by which an operator stops workers, made where they look for them. */
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import {
  type ControlKind,
  controlPath,
  findControlFiles,
  makeControlFile,
  removeControlFiles,
} from "../../lib/farm/admin/control-file.ts";
import { controlDirectories } from "../../lib/farm/where-to-look.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { BASEDIR_OPTION, DRYRUN_OPTION } from "./farm-options.ts";

const NOTES = [
  "The file is made in --basedir, or else beside this script, where its worker looks; --undo removes it from the current directory, too. Exit code 255: there was nothing to undo.",
];

const MAINTENANCE_SPEC = defineCommand({
  name: "monitor maintenance",
  summary: "Keeps workers from starting another job, with the reason on the pages: makes maintenance.txt.",
  positionals: [{ name: "reason", text: "why, in any number of words", isOptional: true, isRepeated: true }],
  options: {
    undo: { kind: "flag", text: "the maintenance is over: removes the file" },
    basedir: BASEDIR_OPTION,
    dryrun: DRYRUN_OPTION,
  },
  examples: [
    { command: "monitor maintenance The database moves", text: "no new job from now on" },
    { command: "monitor maintenance --undo", text: "go on; workers that stopped are started with --skipdone" },
  ],
  notes: NOTES,
});

const EXIT_SPEC = defineCommand({
  name: "monitor exit",
  summary: "Has loops of workers end after the wiki that they are at: makes exit.txt.",
  options: {
    undo: { kind: "flag", text: "loops may go on: removes the file" },
    basedir: BASEDIR_OPTION,
    dryrun: DRYRUN_OPTION,
  },
  examples: [
    { command: "monitor exit", text: "no loop begins another wiki" },
    { command: "monitor exit --undo", text: "before loops are started again" },
  ],
  notes: NOTES,
});

export const MAINTENANCE: Verb<typeof MAINTENANCE_SPEC> = {
  spec: MAINTENANCE_SPEC,
  run: ({ options, positionals, stdout }) => change("maintenance", { ...options, text: positionals.join(" "), stdout }),
};

export const EXIT_VERB: Verb<typeof EXIT_SPEC> = {
  spec: EXIT_SPEC,
  run: ({ options, stdout }) => change("exit", { ...options, text: "", stdout }),
};

interface Change {
  readonly undo: boolean;
  readonly basedir: string | undefined;
  readonly dryrun: boolean;
  readonly text: string;
  readonly stdout: OutputSink;
}

async function change(kind: ControlKind, { undo, basedir, dryrun, text, stdout }: Change): Promise<number> {
  const directories = controlDirectories(basedir);
  if (!undo) {
    const path = dryrun ? controlPath(kind, directories[0]!) : await makeControlFile(kind, text, directories);
    await stdout.write(`${dryrun ? "Would make" : "Made"} ${path}\n`);
    return EXIT.DONE;
  }
  const paths = dryrun ? await findControlFiles(kind, directories) : await removeControlFiles(kind, directories);
  for (const path of paths) await stdout.write(`${dryrun ? "Would remove" : "Removed"} ${path}\n`);
  return paths.length === 0 ? EXIT.NOTHING_TO_DO : EXIT.DONE;
}
