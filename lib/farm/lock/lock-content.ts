/**
 * What stands in a lock file, `<host> <pid>` on one line, and who that is. The reference reads and writes the same.
 */

/** Who holds a lock. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
}

/** The content of a lock file; without a line end, as the reference writes it. */
export function formatLockContent(holder: LockHolder): string {
  return `${holder.host} ${holder.pid}`;
}

/**
 * Who wrote this content; undefined when it is not a host and a process id (a lock made by hand, or not written yet).
 */
export function parseLockContent(content: string): LockHolder | undefined {
  const match = /^(\S+) ([1-9]\d*)\s*$/.exec(content);
  if (match === null) return undefined;
  return { host: match[1]!, pid: Number(match[2]) };
}
