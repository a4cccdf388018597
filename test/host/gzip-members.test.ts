import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { GzipError } from "../../lib/errors.ts";
import { type GzipMemberEvent, readGzipMembers } from "../../lib/host/gzip-members.ts";
import { chunkings } from "../support/chunkings.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

interface Member {
  readonly start: number;
  end: number;
  text: string;
}

async function read(chunks: readonly Uint8Array[]): Promise<{ members: Member[]; error: unknown }> {
  const rest = [...chunks];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = rest.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const members: Member[] = [];
  try {
    for await (const event of readGzipMembers(stream, "a.gz") as AsyncIterable<GzipMemberEvent>) {
      const last = members.at(-1)!;
      if (event.type === "member") members.push({ start: event.byteOffset, end: -1, text: "" });
      else if (event.type === "bytes") last.text += Buffer.from(event.bytes).toString("latin1");
      else last.end = event.endByteOffset;
    }
    return { members, error: undefined };
  } catch (error) {
    return { members, error };
  }
}

/** A member whose data is stored as it is, and holds a whole other member. */
const INNER = gzipSync("inner");
const STORED = gzipSync(Buffer.concat([Buffer.from("before "), INNER, Buffer.from(" after")]), { level: 0 });
const PARTS = [gzipSync("head"), STORED, gzipSync(""), gzipSync("foot")];

function expected(parts: readonly Buffer[], texts: readonly string[]): Member[] {
  let at = 0;
  return parts.map((part, index) => ({ start: at, end: at += part.length, text: texts[index]! }));
}

test("members are found where they are, however the file is cut: also empty ones, not those inside of data", async () => {
  const members = expected(PARTS, ["head", `before ${INNER.toString("latin1")} after`, "", "foot"]);
  for (const { name, chunks } of chunkings(Buffer.concat(PARTS))) {
    assert.deepEqual(await read(chunks), { members, error: undefined }, name);
  }
  const padded = await read([...PARTS, new Uint8Array(30)]);
  assert.deepEqual(padded, { members, error: undefined }, "zero bytes after the last one");
});

test("big members are expanded whole, at every level", async () => {
  const text = Array.from({ length: 60_000 }, (_, n) => `line ${n * 7919}\n`).join("");
  for (const level of [0, 1, 6, 9]) {
    const parts = [gzipSync(text, { level }), gzipSync("x".repeat(3_000_000), { level }), gzipSync("end")];
    const { members, error } = await read([Buffer.concat(parts)]);
    assert.equal(error, undefined);
    assert.deepEqual(members, expected(parts, [text, "x".repeat(3_000_000), "end"]));
  }
});

test("a file that is cut anywhere but between members is truncated", async () => {
  const bytes = Buffer.concat(PARTS);
  const whole = new Set(expected(PARTS, []).map(({ end }) => end));
  for (let end = 0; end < bytes.length; end++) {
    const { error } = await read([bytes.subarray(0, end)]);
    if (whole.has(end)) assert.equal(error, undefined);
    else assert.ok(error instanceof GzipError && error.code === "TRUNCATED", `cut at ${end}: ${error}`);
  }
});

test("damage is corrupt: header, data, checksum, length, something after the end", async () => {
  const one = gzipSync("some text that is somewhat long");
  const flip = (at: number): Buffer => {
    const copy = Buffer.from(one);
    copy[at < 0 ? copy.length + at : at]! ^= 0xff;
    return copy;
  };
  const damaged: Record<string, Buffer> = {
    magic: flip(0),
    method: flip(2),
    flags: flip(3),
    data: flip(10),
    checksum: flip(-8),
    length: flip(-1),
    "what follows": Buffer.concat([one, Buffer.from("junk")]),
    "what follows zeros": Buffer.concat([one, Buffer.from([0, 0, 1])]),
    bzip2: Buffer.from("BZh91AY&SY123"),
  };
  for (const [name, bytes] of Object.entries(damaged)) {
    const { error } = await read([bytes]);
    assert.ok(error instanceof GzipError && error.code === "CORRUPT", `${name}: ${error}`);
  }
});

test("members with names, comments, extra fields and a checksum of the header are read", async () => {
  const plain = gzipSync("text");
  const fixed = Buffer.from(plain.subarray(0, 10));
  fixed[3] = 2 + 4 + 8 + 16;
  const fields = Buffer.concat([Buffer.from([3, 0, 1, 2, 3]), Buffer.from("name\0comment\0"), Buffer.from([9, 9])]);
  const member = Buffer.concat([fixed, fields, plain.subarray(10)]);
  for (const { name, chunks } of chunkings(Buffer.concat([member, plain]))) {
    assert.deepEqual(
      await read(chunks),
      { members: expected([member, plain], ["text", "text"]), error: undefined },
      name,
    );
  }
});

test("what gzip writes is read", { skip: skipWithoutCommand("gzip") }, async () => {
  const { stdout } = spawnSync("sh", ["-c", "printf one | gzip; printf two | gzip -9; printf '' | gzip"]);
  const { members, error } = await read([stdout]);
  assert.equal(error, undefined);
  assert.deepEqual(members.map(({ text }) => text), ["one", "two", ""]);
});

test("leaving early closes the input", async () => {
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(gzipSync("again")),
    cancel: () => void (isCancelled = true),
  });
  for await (const _ of readGzipMembers(stream, "a.gz")) break;
  assert.ok(isCancelled);
});
