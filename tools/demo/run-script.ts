/** Runs a bundle to its end with the demo's terminal; a failure ends the demo. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import type { DemoHost } from "./runtime.ts";

export function runScript(host: DemoHost, script: string, ...args: readonly string[]): void {
  showCommand(host, script, args);
  const [program, ...fixed] = host.runtime.command as [string, ...string[]];
  const { status, signal } = spawnSync(program, [...fixed, `dist/${script}.mjs`, ...args], {
    cwd: host.root,
    stdio: "inherit",
  });
  endUnless(status === 0, script, status ?? signal);
}

export function showCommand(host: DemoHost, script: string, args: readonly string[]): void {
  console.log(`$ ${host.runtime.name} dist/${script}.mjs ${args.join(" ")}`);
}

export function endUnless(isFine: boolean, script: string, outcome: number | string | null): void {
  if (isFine) return;
  console.error(`${script} ended with ${outcome}`);
  process.exit(typeof outcome === "number" ? outcome : 1);
}
