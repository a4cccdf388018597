/** What the demo runs the bundles with: this Node, or Deno with the permissions that docs/deno.md gives. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

export interface DemoRuntime {
  /** As it is shown. */
  readonly name: string;
  readonly command: readonly string[];
}

/** Where the demo runs, and with what. */
export interface DemoHost {
  readonly root: string;
  readonly runtime: DemoRuntime;
}

export function chosenRuntime(root: string): DemoRuntime {
  if (process.env["WIKIDUMP_DEMO_RUNTIME"] !== "deno") return { name: "node", command: [process.execPath] };
  const deno = join(root, "node_modules/.bin/deno");
  if (!existsSync(deno)) throw new Error("Deno is not installed: npm ci installs it");
  // The loop starts itself again: the permission goes by the program that runs, not by the link to it.
  const program = spawnSync(deno, ["eval", "console.log(Deno.execPath())"], { encoding: "utf8" }).stdout.trim();
  const permissions = [
    // Deno makes symbolic links (latest/) only for a process that may read and write everywhere.
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys=hostname,homedir,uid",
    `--allow-run=${program}`,
  ];
  return { name: "deno run", command: [program, "run", "--no-prompt", ...permissions] };
}
