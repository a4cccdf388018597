/**
 * Fills an empty wiki with as many revisions as one likes, by SQL: importDump.php would take ten minutes for what this does in
 * one. The rows are those that MediaWiki 1.39 itself would have written; links tables stay empty.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import type { Stack } from "./stack.ts";
import { type Author, type GrowingPage, WikiWriter } from "./wiki-writer.ts";

/** What is made. */
export interface FillOptions {
  readonly pages: number;
  /** At least as many as pages. */
  readonly revisions: number;
  readonly seed?: number;
}

/** What was made. */
export interface FillResult {
  readonly pages: number;
  readonly revisions: number;
  /** Bytes of all texts. */
  readonly textBytes: number;
}

const TABLES = {
  page: "page_id, page_namespace, page_title, page_is_redirect, page_is_new, page_random, page_touched, page_latest, " +
    "page_len, page_content_model",
  revision: "rev_id, rev_page, rev_comment_id, rev_actor, rev_timestamp, rev_minor_edit, rev_deleted, rev_len, " +
    "rev_parent_id, rev_sha1",
  revision_comment_temp: "revcomment_rev, revcomment_comment_id",
  slots: "slot_revision_id, slot_role_id, slot_content_id, slot_origin",
  content: "content_id, content_size, content_sha1, content_model, content_address",
  text: "old_id, @data, old_flags",
  comment: "comment_id, comment_hash, comment_text",
  actor: "actor_id, actor_user, actor_name",
  user: "user_id, user_name, user_password, user_newpassword, user_email, user_touched, user_registration",
  redirect: "rd_from, rd_namespace, rd_title, rd_interwiki, rd_fragment",
} as const;
type Table = keyof typeof TABLES;

/** Fills a wiki that the installer has just made. */
export async function fillWiki(stack: Stack, wiki: string, options: FillOptions): Promise<FillResult> {
  if (options.pages < 1 || options.revisions < options.pages) {
    throw new RangeError("A wiki needs a page, and each page a revision");
  }
  const directory = join(stack.base, "fill", wiki);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const rows = new RowFiles(directory);
  const filling = new Filling(rows, await firstIds(stack, wiki), options);
  await filling.write();
  await rows.end();
  const prefix = stack.tablePrefix(wiki);
  for (const [table, columns] of Object.entries(TABLES)) {
    const data = table === "text" ? " set old_text = unhex(@data)" : "";
    await stack.sql(
      wiki,
      `set unique_checks = 0; load data infile '${directory}/${table}.tsv' into table \`${prefix}${table}\` ` +
        `character set binary (${columns})${data}`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
  await stack.sql(wiki, filling.hidingSql(`${prefix}revision`));
  await stack.maintenance(wiki, "initSiteStats.php", ["--update"]);
  return { pages: options.pages, revisions: options.revisions, textBytes: filling.textBytes };
}

/** The highest id of each table that has ids, before. */
type Ids = Record<"page" | "revision" | "content" | "text" | "comment" | "actor" | "user", number>;

async function firstIds(stack: Stack, wiki: string): Promise<Ids> {
  const prefix = stack.tablePrefix(wiki);
  const id = { page: "page_id", revision: "rev_id", content: "content_id", text: "old_id" };
  const more = { comment: "comment_id", actor: "actor_id", user: "user_id" };
  const queries = Object.entries({ ...id, ...more }).map(([table, column]) =>
    `select '${table}', ifnull(max(${column}), 0) from \`${prefix}${table}\`;`
  );
  const found = (await stack.sql(wiki, queries.join("\n"))).trim().split("\n").map((line) => line.split("\t"));
  return Object.fromEntries(found.map(([table, max]) => [table, Number(max)])) as Ids;
}

/** One file of rows for each table. */
class RowFiles {
  readonly #files: Readonly<Record<Table, WriteStream>>;
  readonly #waiting: Record<Table, string[]>;

  constructor(directory: string) {
    const names = Object.keys(TABLES) as Table[];
    this.#files = Object.fromEntries(
      names.map((name) => [name, createWriteStream(join(directory, `${name}.tsv`))]),
    ) as unknown as Record<Table, WriteStream>;
    this.#waiting = Object.fromEntries(names.map((name) => [name, [] as string[]])) as Record<Table, string[]>;
  }

  add(table: Table, values: readonly (string | number | null)[]): void {
    this.#waiting[table].push(values.map(field).join("\t"));
  }

  /** Hands rows to the disk, and waits while it is busy. */
  async flush(): Promise<void> {
    for (const [name, file] of Object.entries(this.#files)) {
      const rows = this.#waiting[name as Table].splice(0);
      if (rows.length > 0 && !file.write(`${rows.join("\n")}\n`)) await once(file, "drain");
    }
  }

  async end(): Promise<void> {
    await this.flush();
    for (const file of Object.values(this.#files)) {
      file.end();
      await once(file, "close");
    }
  }
}

function field(value: string | number | null): string {
  if (value === null) return "\\N";
  return typeof value === "number"
    ? String(value)
    : value.replace(/[\\\t\n]/g, (character) => ESCAPES[character] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n" };

interface PageState {
  readonly page: GrowingPage;
  readonly id: number;
  latest: number;
  length: number;
  /** Content id and origin of the latest revision, for revisions that change nothing. */
  content: { readonly id: number; readonly origin: number; readonly sha1: string } | undefined;
}

const FIRST_TIME_MS = Date.UTC(2006, 0, 1);
const LAST_TIME_MS = Date.UTC(2025, 11, 31);

class Filling {
  textBytes = 0;
  readonly #rows: RowFiles;
  readonly #ids: Ids;
  readonly #options: FillOptions;
  readonly #writer: WikiWriter;
  readonly #comments = new Map<string, number>();
  readonly #pages: PageState[] = [];
  readonly #hidden: { readonly id: number; readonly state: PageState; readonly bits: number }[] = [];
  #actors: readonly number[] = [];

  constructor(rows: RowFiles, ids: Ids, options: FillOptions) {
    this.#rows = rows;
    this.#ids = { ...ids };
    this.#options = options;
    this.#writer = new WikiWriter(options.seed ?? 1);
  }

  async write(): Promise<void> {
    this.#actors = this.#writer.authors(Math.min(400, this.#options.pages + 10)).map((author) => this.#author(author));
    const { pages, revisions } = this.#options;
    for (let done = 0; done < revisions; done++) {
      // New pages come all the time; the rest are edits, most of them of a few pages.
      const missing = pages - this.#pages.length;
      const isNew = this.#pages.length === 0 || missing >= revisions - done ||
        (missing > 0 && this.#writer.random.chance(missing / (revisions - done)));
      const state = isNew ? this.#newPage() : this.#busyPage();
      this.#revision(state, isNew, FIRST_TIME_MS + Math.floor((LAST_TIME_MS - FIRST_TIME_MS) * (done / revisions)));
      if (done % 500 === 0) await this.#rows.flush();
    }
    for (const state of this.#pages) this.#pageRow(state);
  }

  /** SQL that hides some revisions. The latest of a page is never hidden in full: MediaWiki does not allow that. */
  hidingSql(table: string): string {
    return this.#hidden.filter(({ id, state }) => state.latest !== id)
      .map(({ id, bits }) => `update \`${table}\` set rev_deleted = ${bits} where rev_id = ${id};`).join("\n");
  }

  #newPage(): PageState {
    const page = this.#writer.page(this.#pages.length + 1);
    const state: PageState = { page, id: ++this.#ids.page, latest: 0, length: 0, content: undefined };
    this.#pages.push(state);
    return state;
  }

  #busyPage(): PageState {
    const share = this.#writer.random.next() ** 3;
    return this.#pages[Math.floor(share * this.#pages.length)]!;
  }

  #revision(state: PageState, isNew: boolean, timeMs: number): void {
    const { random } = this.#writer;
    const id = ++this.#ids.revision;
    // What a move or a protection writes: a revision with the content of the one before.
    const isNull = !isNew && random.chance(0.03);
    if (!isNew && !isNull) this.#writer.edit(state.page);
    if (!isNull) state.content = this.#content(state, id);
    const { content } = state;
    if (content === undefined) throw new Error("A revision without content");
    if (random.chance(0.001)) this.#hidden.push({ id, state, bits: random.pick([1, 2, 4, 7]) });
    this.#rows.add("revision", [
      id,
      state.id,
      0,
      random.pick(this.#actors),
      timestamp(timeMs),
      Number(!isNew && random.chance(0.25)),
      0,
      state.length,
      state.latest,
      content.sha1,
    ]);
    this.#rows.add("slots", [id, 1, content.id, content.origin]);
    this.#rows.add("revision_comment_temp", [id, this.#comment(this.#writer.comment())]);
    state.latest = id;
  }

  #content(state: PageState, origin: number): { id: number; origin: number; sha1: string } {
    const bytes = new TextEncoder().encode(state.page.paragraphs.join("\n\n"));
    const sha1 = base36Sha1(bytes);
    const text = ++this.#ids.text;
    const isPacked = text % 2 === 0;
    const stored = isPacked ? deflateRawSync(bytes, { level: 1 }) : bytes;
    this.#rows.add("text", [text, hex(stored), isPacked ? "utf-8,gzip" : "utf-8"]);
    const id = ++this.#ids.content;
    this.#rows.add("content", [id, bytes.byteLength, sha1, 1, `tt:${text}`]);
    state.length = bytes.byteLength;
    this.textBytes += bytes.byteLength;
    return { id, origin, sha1 };
  }

  #pageRow(state: PageState): void {
    const { page, id, latest, length } = state;
    this.#rows.add("page", [
      id,
      page.namespace,
      page.title,
      Number(page.target !== undefined),
      0,
      this.#writer.random.next(),
      timestamp(LAST_TIME_MS),
      latest,
      length,
      "wikitext",
    ]);
    if (page.target !== undefined) this.#rows.add("redirect", [id, 0, page.target, "", ""]);
  }

  #comment(text: string): number {
    let id = this.#comments.get(text);
    if (id === undefined) {
      id = ++this.#ids.comment;
      this.#rows.add("comment", [id, crc32(text) | 0, text]);
      this.#comments.set(text, id);
    }
    return id;
  }

  #author({ name, isRegistered }: Author): number {
    const time = timestamp(FIRST_TIME_MS);
    if (isRegistered) this.#rows.add("user", [++this.#ids.user, name, "", "", "", time, time]);
    this.#rows.add("actor", [++this.#ids.actor, isRegistered ? this.#ids.user : null, name]);
    return this.#ids.actor;
  }
}

function timestamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\D/g, "").slice(0, 14);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** SHA-1 as MediaWiki keeps it: in base 36, with 31 digits. */
export function base36Sha1(bytes: Uint8Array): string {
  return BigInt(`0x${createHash("sha1").update(bytes).digest("hex")}`).toString(36).padStart(31, "0");
}
