/**
 * What goes wrong on a farm, made to go wrong: servers down, scripts killed or stuck, locked tables, full disks, lost texts. Each
 * ends by itself or gives a function that ends it, and ends with the process at the latest.
 */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { spawnTied, tryProgram } from "./run-program.ts";
import { pause } from "./server-process.ts";
import type { Stack } from "./stack.ts";

/** MariaDB is down for so long. Resolves when it runs again. */
export async function stopDatabaseFor(stack: Stack, ms: number): Promise<void> {
  await stack.database.stop();
  await pause(ms);
  await stack.database.start();
}

/** The API server is down while something is done. */
export async function withoutApi<T>(stack: Stack, work: () => Promise<T>): Promise<T> {
  await stack.stopApi();
  try {
    return await work();
  } finally {
    await stack.startApi();
  }
}

/** Process ids of this stack's PHP that run a maintenance script, such as `fetchText.php`. */
export function phpProcesses(stack: Stack, script: string): readonly number[] {
  const path = join(stack.mediaWikiDirectory, "maintenance", script);
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return /(?:^|\/)php[\d.]*$/.test(program) && args.includes(path);
    } catch {
      // It ended in the meantime.
      return false;
    }
  });
}

/** Choices of `signalPhp`. */
export interface SignalOptions {
  /** Default SIGKILL. */
  readonly signal?: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT";
  /** It is waited so long for such a process. Default 60 s. */
  readonly withinMs?: number;
  /** Each is left alone for so long after it was seen. Default 0. */
  readonly afterMs?: number;
}

/** Sends a signal to the next process that runs a script; gives its process id. Throws when none comes. */
export async function signalPhp(stack: Stack, script: string, options: SignalOptions = {}): Promise<number> {
  const until = performance.now() + (options.withinMs ?? 60_000);
  while (performance.now() < until) {
    const [pid] = phpProcesses(stack, script);
    if (pid === undefined) {
      await pause(10);
      continue;
    }
    await pause(options.afterMs ?? 0);
    if (!phpProcesses(stack, script).includes(pid)) continue;
    process.kill(pid, options.signal ?? "SIGKILL");
    return pid;
  }
  throw new Error(`No process ran ${script} within ${options.withinMs ?? 60_000} ms`);
}

/** Kills every process that runs a script, again and again, until the returned function is called; that gives the number. */
export function keepKillingPhp(stack: Stack, script: string): () => Promise<number> {
  let isOver = false;
  // One that was killed is still seen for a moment when the machine is busy.
  const killed = new Set<number>();
  const loop = (async () => {
    while (!isOver) {
      for (const pid of phpProcesses(stack, script)) {
        try {
          process.kill(pid, "SIGKILL");
          killed.add(pid);
        } catch {
          // It ended by itself.
        }
      }
      await pause(5);
    }
  })();
  return async () => {
    isOver = true;
    await loop;
    return killed.size;
  };
}

/** Longest lock of a table: the server does not notice that the client of a sleeping statement is gone. */
const LONGEST_LOCK_S = 600;

/** Locks a table against reading and writing. Resolves when it is locked; the function that it gives unlocks it. */
export async function lockTable(stack: Stack, wiki: string, table: string): Promise<() => Promise<void>> {
  const name = `\`${stack.tablePrefix(wiki)}${table}\``;
  const session = spawnTied("mysql", [...stack.database.rootArgs(wiki), "--unbuffered"], {
    input: `lock tables ${name} write; select connection_id(); select sleep(${LONGEST_LOCK_S});`,
  });
  let said = "";
  session.stderr!.setEncoding("utf8").on("data", (text: string) => said += text);
  const closed = new Promise<void>((resolve) => session.on("close", () => resolve()));
  const locked = new Promise<number>((resolve) =>
    session.stdout!.setEncoding("utf8").once("data", (id: string) => resolve(Number(id)))
  );
  const failed = closed.then(() => Promise.reject(new Error(`${wiki}.${table} could not be locked: ${said.trim()}`)));
  failed.catch(() => {});
  const connection = await Promise.race([locked, failed]);
  return async () => {
    await stack.sql("", `kill ${connection}`);
    await closed;
  };
}

/** Waits until somebody's query stands at a locked table. */
export async function untilSomebodyWaits(stack: Stack): Promise<void> {
  const query = "select count(*) from information_schema.processlist where state like 'Waiting for table%'";
  const until = performance.now() + 60_000;
  while ((await stack.sql("", query)).trim() === "0") {
    if (performance.now() > until) throw new Error("Nobody waits for a table");
    await pause(50);
  }
}

/** For `{ skip }`: false when a file system can be mounted here, else the reason. */
export function skipWithoutMount(): string | false {
  const probe = join(process.env["TMPDIR"] ?? "/tmp", `wikidump-mount-${process.pid}`);
  mkdirSync(probe, { recursive: true });
  try {
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", probe]).status !== 0) {
      return "a file system cannot be mounted here";
    }
    spawnSync("umount", [probe]);
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** A directory with so many bytes free and no more. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no free byte. */
  readonly fill: () => void;
  /** Frees what `fill` took. */
  readonly free: () => void;
  readonly remove: () => Promise<void>;
}

/** Mounts a file system of its own at a directory: a disk that gets full. */
export async function smallDisk(path: string, sizeBytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  const mounted = await tryProgram("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", path]);
  if (mounted.status !== 0) throw new Error(`mount: ${mounted.stderr.trim()}`);
  const unmount = () => void spawnSync("umount", ["--lazy", path]);
  process.once("exit", unmount);
  const ballast = join(path, ".ballast");
  return {
    path,
    fill: () => fillFile(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove: async () => {
      process.off("exit", unmount);
      unmount();
      if (existsSync(path)) rmSync(path, { recursive: true, force: true });
    },
  };
}

function fillFile(path: string): void {
  const file = openSync(path, "a");
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1) {
      const block = new Uint8Array(size);
      try {
        while (writeSync(file, block) === size);
      } catch (error) {
        if ((error as { code?: string }).code !== "ENOSPC") throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** A text of a wiki that is not what it should be. */
export interface SpoiltText {
  readonly pageId: number;
  readonly revisionId: number;
  /** Number in the text table. */
  readonly textId: number;
  readonly restore: () => Promise<void>;
}

/** Takes the text row of a revision away; the newest revision with a text of its own, unless one is given. */
export function loseText(stack: Stack, wiki: string, revisionId?: number): Promise<SpoiltText> {
  return spoilText(stack, wiki, { revisionId, change: (table, id) => `delete from ${table} where old_id = ${id}` });
}

/** Changes one byte of a text without telling anybody: `bytes` still agrees, `sha1` does not. */
export function changeText(stack: Stack, wiki: string, revisionId?: number): Promise<SpoiltText> {
  const change = (table: string, id: number) =>
    `update ${table} set old_text = concat('~', substr(old_text, 2)), old_flags = 'utf-8' where old_id = ${id}`;
  return spoilText(stack, wiki, { revisionId, change });
}

async function spoilText(
  stack: Stack,
  wiki: string,
  options: { readonly revisionId: number | undefined; readonly change: (table: string, id: number) => string },
): Promise<SpoiltText> {
  const prefix = stack.tablePrefix(wiki);
  const chosen = options.revisionId === undefined
    ? "slot_origin = rev_id and content_size > 100 order by rev_id desc limit 1"
    : `rev_id = ${options.revisionId} limit 1`;
  const row = (await stack.sql(
    wiki,
    `select rev_page, rev_id, substr(content_address, 4) from ${prefix}revision join ${prefix}slots on slot_revision_id = rev_id ` +
      `join ${prefix}content on content_id = slot_content_id ` +
      // One byte of a compressed text is more than one byte of the text.
      `join ${prefix}text on content_address = concat('tt:', old_id) and old_flags = 'utf-8' ` +
      `where rev_deleted = 0 and ${chosen}`,
  )).trim();
  const [pageId = NaN, revisionId = NaN, textId = NaN] = row.split("\t").map(Number);
  if (!Number.isInteger(textId)) throw new Error(`${wiki} has no revision whose text could be spoilt: ${row}`);
  const table = `\`${prefix}text\``;
  const saved = (await stack.sql(wiki, `select hex(old_text), old_flags from ${table} where old_id = ${textId}`))
    .trim();
  const [bytes = "", flags = ""] = saved.split("\t");
  await stack.sql(wiki, options.change(table, textId));
  return {
    pageId,
    revisionId,
    textId,
    restore: async () => {
      await stack.sql(wiki, `replace into ${table} values (${textId}, unhex('${bytes}'), '${flags}')`);
    },
  };
}
