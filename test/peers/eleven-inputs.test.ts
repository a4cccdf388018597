/**
 * Eleven inputs, and this library right on all of them, whichever door they come in by.
 *
 * The same inputs are given to npm's other packages, as facts about the versions that are installed: the table in
 * docs/coming-from.md must be what came out. A package that is not there is skipped.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { installedVersion, PEERS } from "../../bench/peers/packages.ts";
import {
  Bzip2DecoderStream,
  Bzip2Error,
  compress,
  type DecoderEvent,
  type DecoderStreamOptions,
  decompress,
  parallelBzip2Decoder,
} from "../../lib/mod.ts";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { createWorkerPool } from "../../lib/node.ts";
import { collectStream, decodeChunks } from "../support/collect.ts";
import { hasCommand, skipWithoutCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { elevenInputs, type PeerInput } from "./eleven-inputs.ts";
import { runPeer } from "./run-peer.ts";

const PAGE = new URL("../../docs/coming-from.md", import.meta.url);

const pool = createWorkerPool({ size: 2 });
after(() => pool.close());

interface Outcome {
  readonly bytes: Uint8Array;
  readonly error: unknown;
  readonly trailing: DecoderEvent | undefined;
}

/** Every door: what came out before the error, the error, and the report of trailing bytes. */
const DOORS: Readonly<Record<string, (data: Uint8Array<ArrayBuffer>) => Outcome | Promise<Outcome>>> = {
  Bzip2Decoder(data) {
    const { bytes, error, events } = decodeChunks([data]);
    return { bytes, error, trailing: events.find(({ type }) => type === "trailing") };
  },
  "Bzip2Decoder, byte by byte"(data) {
    const { bytes, error, events } = decodeChunks(Array.from(data, (_, at) => data.subarray(at, at + 1)));
    return { bytes, error, trailing: events.find(({ type }) => type === "trailing") };
  },
  Bzip2DecoderStream: (data) => throughStream(data, (options) => new Bzip2DecoderStream(options)),
  parallelBzip2Decoder: (data) =>
    throughStream(data, (options) => parallelBzip2Decoder(pool, { ...options, pieceBytes: 1 })),
};

async function throughStream(
  data: Uint8Array<ArrayBuffer>,
  makePair: (options: DecoderStreamOptions) => ReadableWritablePair<Uint8Array, Uint8Array>,
): Promise<Outcome> {
  let trailing: DecoderEvent | undefined;
  const pair = makePair({
    onEvent: (event) => {
      if (event.type === "trailing") trailing = event;
    },
  });
  const { values, error } = await collectStream(new Blob([data]).stream().pipeThrough(pair));
  return { bytes: concatBytes(values), error, trailing };
}

function assertError(error: unknown, { errorCode, plain }: PeerInput): void {
  if (errorCode === undefined) return assert.equal(error, undefined);
  assert.ok(error instanceof Bzip2Error, String(error));
  assert.deepEqual([error.code, error.bytesBefore], [errorCode, plain.length]);
}

function bzip2(plain: Uint8Array): Uint8Array {
  return spawnSync("bzip2", ["-9"], { input: plain }).stdout;
}

for (const [packer, pack] of Object.entries({ "this library": compress, "bzip2 -9": bzip2 })) {
  describe(`eleven inputs, packed by ${packer}`, { skip: pack === bzip2 && skipWithoutCommand("bzip2") }, () => {
    for (const input of pack === bzip2 && !hasCommand("bzip2") ? [] : elevenInputs(pack)) {
      const answer = `${input.plain.length} bytes${input.errorCode === undefined ? "" : ` and ${input.errorCode}`}`;
      test(`${input.name}: ${answer}`, async () => {
        for (const [name, decode] of Object.entries(DOORS)) {
          const { bytes, error, trailing } = await decode(input.bytes);
          assert.ok(equal(bytes, input.plain), `${name} gave ${bytes.length} bytes`);
          assertError(error, input);
          const byteLength = input.trailingBytes;
          const byteOffset = input.bytes.length - (byteLength ?? 0);
          assert.deepEqual(trailing, byteLength && { type: "trailing", byteOffset, byteLength }, name);
        }
      });

      test(`${input.name}: decompress agrees, and can refuse trailing bytes`, () => {
        const whole = wholeOf(() => decompress(input.bytes));
        assertError(whole.error, input);
        if (whole.error === undefined) assert.ok(equal(whole.bytes, input.plain));
        if (input.trailingBytes !== undefined) {
          assert.throws(() => decompress(input.bytes, { trailing: "error" }), { code: "TRAILING_DATA" });
        }
      });
    }
  });
}

function wholeOf(decode: () => Uint8Array): { bytes: Uint8Array; error: unknown } {
  try {
    return { bytes: decode(), error: undefined };
  } catch (error) {
    return { bytes: new Uint8Array(0), error };
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

// libbz2 packs the inputs, so that the table does not change with our encoder.
const skipFacts = "Deno" in globalThis || "Bun" in globalThis
  ? "the packages are asked for under Node"
  : installedVersion("bzip2-wasm") === undefined && "bzip2-wasm is not installed";
describe("the table of docs/coming-from.md is what the packages do", { skip: skipFacts }, () => {
  const page = readFileSync(PAGE, "utf8");
  const { heads, rows } = tableOf(page);
  let inputs: readonly PeerInput[] = [];
  let paths: readonly string[] = [];
  before(async () => {
    const { encode } = await PEERS.find(({ name }) => name === "bzip2-wasm")!.load();
    inputs = elevenInputs(encode!);
    const directory = scratchDirectory("peers");
    paths = inputs.map(({ bytes }, index) => {
      const path = join(directory, String(index));
      writeFileSync(path, bytes);
      return path;
    });
  });
  const column = (name: string): readonly string[] => {
    const at = heads.indexOf(name);
    assert.ok(at > 0, `The table has no column ${name}`);
    return rows.map((cells) => cells[at]!);
  };

  test("it has the eleven inputs, and our answers", () => {
    assert.deepEqual(rows.map(([name]) => name), inputs.map(({ name }) => name));
    assert.deepEqual(column("wikidump"), inputs.map(ourCell));
  });

  for (const peer of PEERS) {
    const version = installedVersion(peer.packageName);
    const skip = version === undefined && `${peer.packageName} is not installed`;
    test(`${peer.name} ${version}`, { skip }, () => {
      assert.ok(page.includes(`${peer.packageName} ${version}`), `The page does not say that it is about ${version}`);
      const cells = runPeer(peer, paths).map((answer) => {
        if (answer === "crash") return answer;
        return "trouble" in answer ? "E" : String(answer.byteLength);
      });
      assert.deepEqual(column(peer.name), cells);
    });
  }

  test("bzip2 -dc", { skip: skipWithoutCommand("bzip2") }, () => {
    const cells = inputs.map(({ bytes }, index) => {
      const { status, stdout } = spawnSync("bzip2", ["-dc"], { input: bytes });
      const content = inputs[index === 1 || index === 3 ? 1 : 0]!.plain;
      const isRight = equal(stdout, content.subarray(0, stdout.length));
      const count = isRight ? String(stdout.length) : "wrong bytes";
      return status === 0 ? count : stdout.length > 0 ? `${count}, then E` : "E";
    });
    assert.deepEqual(column("bzip2 -dc"), cells);
  });
});

function ourCell({ plain, errorCode, trailingBytes }: PeerInput): string {
  if (trailingBytes !== undefined) return `${plain.length}, and an event`;
  if (errorCode === undefined) return String(plain.length);
  return plain.length > 0 ? `${plain.length}, then ${errorCode}` : errorCode;
}

/** The table between the marks of the page: its heads, and the cells of each row, without emphasis. */
function tableOf(page: string): { heads: readonly string[]; rows: readonly (readonly string[])[] } {
  const lines = /<!-- eleven inputs -->\n+([^]*?)\n+<!-- end -->/.exec(page)?.[1]?.split("\n") ?? [];
  const [heads = [], , ...rows] = lines.map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll(/[*`]/g, ""))
  );
  return { heads, rows };
}
