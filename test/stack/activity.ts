/**
 * What people do on a wiki besides writing, done through MediaWiki: accounts, deletions, moves, protections, edits; then
 * revisions and log entries are hidden by SQL, since 1.39 has no script for that.
 */
import type { Stack } from "./stack.ts";

/** An edit made through MediaWiki. The text is added to the page's, unless it is the whole text. */
export interface Edit {
  readonly title: string;
  readonly user: string;
  readonly comment: string;
  readonly text: string;
  readonly isWholeText?: boolean;
  readonly flags?: readonly string[];
}

/** What is done, in this order. */
export interface Activity {
  readonly deletions?: readonly string[];
  readonly deletionReason?: string;
  readonly moves?: readonly (readonly [from: string, to: string])[];
  readonly moveReason?: string;
  readonly protections?: readonly string[];
  readonly protectionReason?: string;
  /** Accounts made after those; edits need none. */
  readonly users?: readonly string[];
  /** Accounts with a flag of bots, made with them. */
  readonly bots?: readonly string[];
  readonly edits?: readonly Edit[];
  /** rev_deleted of the n-th revision (from 1) of a page, oldest first: 1 text, 2 comment, 4 user. */
  readonly hiddenRevisions?: readonly { readonly title: string; readonly place: number; readonly bits: number }[];
  /** log_deleted of a log entry: 1 action and title, 2 comment, 4 user. */
  readonly hiddenLogEntries?: readonly { readonly id: number; readonly bits: number }[];
}

/** Does all of it. */
export async function act(stack: Stack, wiki: string, activity: Activity): Promise<void> {
  await batch(stack, wiki, {
    script: "deleteBatch.php",
    lines: activity.deletions ?? [],
    reason: activity.deletionReason ?? "not needed any more",
  });
  await batch(stack, wiki, {
    script: "moveBatch.php",
    lines: (activity.moves ?? []).map((pair) => pair.join("|")),
    reason: activity.moveReason ?? 'a better <name> & "title"',
  });
  for (const title of activity.protections ?? []) {
    const reason = activity.protectionReason ?? "read often, changed seldom";
    await stack.maintenance(wiki, "protect.php", ["--semiprotect", "-u", "Admin", "-r", reason, title]);
  }
  await makeUsers(stack, wiki, activity.users ?? []);
  await makeUsers(stack, wiki, activity.bots ?? [], ["--bot"]);
  for (const edit of activity.edits ?? []) await makeEdit(stack, wiki, edit);
  for (const hidden of activity.hiddenRevisions ?? []) await hideRevision(stack, wiki, hidden);
  const prefix = stack.tablePrefix(wiki);
  for (const { id, bits } of activity.hiddenLogEntries ?? []) {
    await changeOne(stack, wiki, `update ${prefix}logging set log_deleted=${bits} where log_id=${id}`);
  }
}

/** Makes accounts. */
export async function makeUsers(
  stack: Stack,
  wiki: string,
  users: readonly string[],
  flags: readonly string[] = [],
): Promise<void> {
  for (const user of users) {
    await stack.maintenance(wiki, "createAndPromote.php", [...flags, user, `Pass of ${user} 1234567`]);
  }
}

interface Batch {
  readonly script: string;
  readonly lines: readonly string[];
  readonly reason: string;
}

async function batch(stack: Stack, wiki: string, { script, lines, reason }: Batch): Promise<void> {
  if (lines.length === 0) return;
  const said = await stack.maintenance(wiki, script, ["-u", "Admin", "-r", reason], { input: lines.join("\n") });
  // Both scripts end with 0 when a page could not be handled.
  if (/FAILED|does not exist|[Ii]nvalid title/.test(said)) throw new Error(`${wiki}: ${script} said ${said}`);
}

async function makeEdit(stack: Stack, wiki: string, edit: Edit): Promise<void> {
  const flags = edit.flags ?? [];
  const isWhole = edit.isWholeText === true || flags.includes("--slot");
  const old = isWhole ? "" : await stack.maintenance(wiki, "getText.php", [edit.title]);
  const args = ["-u", edit.user, "-s", edit.comment, ...flags, edit.title];
  await stack.maintenance(wiki, "edit.php", args, { input: old + edit.text });
}

async function hideRevision(
  stack: Stack,
  wiki: string,
  { title, place, bits }: { readonly title: string; readonly place: number; readonly bits: number },
): Promise<void> {
  const prefix = stack.tablePrefix(wiki);
  const name = sqlString(title.replaceAll(" ", "_"));
  const ids = await stack.sql(
    wiki,
    `select rev_id from ${prefix}revision join ${prefix}page on page_id=rev_page ` +
      `where page_namespace=0 and page_title=${name} order by rev_timestamp, rev_id`,
  );
  const id = ids.split("\n")[place - 1];
  if (id === undefined || id === "") throw new Error(`${wiki}: ${title} has no revision ${place}`);
  await changeOne(stack, wiki, `update ${prefix}revision set rev_deleted=${bits} where rev_id=${id}`);
}

async function changeOne(stack: Stack, wiki: string, update: string): Promise<void> {
  const changed = (await stack.sql(wiki, `${update}; select row_count()`)).trim();
  if (changed !== "1") throw new Error(`${wiki}: ${changed} rows were changed, not one, by ${update}`);
}

/** A string as SQL writes it. */
export function sqlString(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}
