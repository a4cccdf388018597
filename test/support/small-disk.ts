/** A disk of a few hundred kilobytes, for tests of what happens when it is full. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { scratchDirectory } from "./scratch.ts";

/** For `{ skip }`: mounting needs root, and a system that has tmpfs. */
export function skipWithoutSmallDisk(): string | false {
  const path = scratchDirectory("disk-probe");
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]).status !== 0) {
    return "this user cannot mount a tmpfs";
  }
  spawnSync("umount", [path]);
  return false;
}

/** Mounts a disk of so many bytes for the time of a test. */
export function smallDisk(context: TestContext, byteLength: number): string {
  const path = scratchDirectory("disk");
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${byteLength}`, "tmpfs", path]);
  if (status !== 0) throw new Error(`mount: ${stderr}`);
  context.after(() => spawnSync("umount", [path]));
  return path;
}

/** Takes all room of a disk but so much. */
export function fillUp(path: string, leftBytes: number, diskBytes: number): void {
  writeFileSync(`${path}/filler`, new Uint8Array(diskBytes - leftBytes));
}
