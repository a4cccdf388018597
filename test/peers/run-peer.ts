/** Gives files to one of npm's other packages, in processes of its own: some inputs end the process. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Peer } from "../../bench/peers/packages.ts";

const CHILD = fileURLToPath(new URL("./peer-child.ts", import.meta.url));
const LIMIT_MS = 60_000;

/** What a package made of a file: it gives all bytes, or an error and none; or it took the process with it. */
export type PeerAnswer = { readonly byteLength: number } | { readonly trouble: string } | "crash";

/** One answer for each file. After a crash the next process goes on with the file after it. */
export function runPeer(peer: Peer, paths: readonly string[]): readonly PeerAnswer[] {
  const answers: PeerAnswer[] = [];
  while (answers.length < paths.length) {
    const args = ["--max-old-space-size=500", "--import", "tsx", CHILD, peer.name, ...paths.slice(answers.length)];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: LIMIT_MS });
    for (const line of stdout.split("\n")) if (line !== "") answers.push(JSON.parse(line) as PeerAnswer);
    if (status !== 0) answers.push("crash");
  }
  return answers;
}
