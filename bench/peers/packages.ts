/**
 * npm's other bzip2 packages behind one interface, for benchmarks and for tests that compare with them. Never part of what is published.
 *
 * A package is loaded when it is asked for: one that is not installed costs the others nothing.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { concatBytes } from "../../lib/bits/bytes.ts";

/** What a package can do with bytes that are all there. */
export interface PeerCodec {
  /** @param mostBytes room for the plain bytes, for the packages that want to know it before */
  decode(data: Uint8Array, mostBytes: number): Uint8Array | Promise<Uint8Array>;
  /** At level 9; only some can. */
  encode?(plain: Uint8Array): Uint8Array;
}

/** A way to use a package, as a column of the tables. */
export interface Peer {
  readonly name: string;
  readonly packageName: string;
  readonly canEncode: boolean;
  load(): Promise<PeerCodec>;
}

interface BunzipPackage {
  decode(data: Uint8Array, output: undefined, multistream: boolean): Uint8Array;
}
interface CompressjsPackage {
  readonly Bzip2: {
    decompressFile(data: Uint8Array, output: undefined, multistream: boolean): Uint8Array;
    compressFile(plain: Uint8Array, output: undefined, level: number): Uint8Array;
  };
}
interface NodeStream {
  on(event: "data", take: (bytes: Uint8Array) => void): void;
  on(event: "end", take: () => void): void;
  on(event: "error", take: (error: Error) => void): void;
  end(data: Uint8Array): void;
}
interface WasmDecoder {
  decompress(data: Uint8Array, mostBytes: number): Uint8Array;
}
interface WasmCodec extends WasmDecoder {
  init(): Promise<void>;
  compress(plain: Uint8Array, level: number, mostBytes: number): Uint8Array;
}
interface WasmModule {
  readonly default: new () => WasmCodec;
}

const require = createRequire(import.meta.url);
/** All of them. The two that must be told to go on after the first stream are here twice. */
export const PEERS: readonly Peer[] = [
  { name: "unbzip2-stream", packageName: "unbzip2-stream", canEncode: false, load: loadUnbzip2Stream },
  { name: "seek-bzip", packageName: "seek-bzip", canEncode: false, load: () => loadSeekBzip(false) },
  { name: "seek-bzip multi", packageName: "seek-bzip", canEncode: false, load: () => loadSeekBzip(true) },
  { name: "compressjs", packageName: "compressjs", canEncode: true, load: () => loadCompressjs(false) },
  { name: "compressjs multi", packageName: "compressjs", canEncode: true, load: () => loadCompressjs(true) },
  { name: "bz2", packageName: "bz2", canEncode: false, load: loadBz2 },
  { name: "wasm-bz2", packageName: "@foxglove/wasm-bz2", canEncode: false, load: loadWasmBz2 },
  { name: "bzip2-wasm", packageName: "bzip2-wasm", canEncode: true, load: loadBzip2Wasm },
];

/** The version that is installed; undefined when it is not. */
export function installedVersion(packageName: string): string | undefined {
  try {
    return (require(`${packageName}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}

async function loadUnbzip2Stream(): Promise<PeerCodec> {
  const makeStream = require("unbzip2-stream") as () => NodeStream;
  return {
    decode: (data) =>
      new Promise((resolve, reject) => {
        const stream = makeStream();
        const parts: Uint8Array[] = [];
        stream.on("data", (bytes) => parts.push(bytes));
        stream.on("end", () => resolve(concatBytes(parts)));
        stream.on("error", reject);
        stream.end(data);
      }),
  };
}

async function loadSeekBzip(multistream: boolean): Promise<PeerCodec> {
  const { decode } = require("seek-bzip") as BunzipPackage;
  return { decode: (data) => decode(data, undefined, multistream) };
}

async function loadCompressjs(multistream: boolean): Promise<PeerCodec> {
  const { Bzip2 } = require("compressjs") as CompressjsPackage;
  return {
    decode: (data) => Bzip2.decompressFile(data, undefined, multistream),
    encode: (plain) => Bzip2.compressFile(plain, undefined, 9),
  };
}

async function loadBz2(): Promise<PeerCodec> {
  const { decompress } = require("bz2") as { decompress(data: Uint8Array, checksCrc: boolean): Uint8Array };
  return { decode: (data) => decompress(data, true) };
}

async function loadWasmBz2(): Promise<PeerCodec> {
  const codec = await (require("@foxglove/wasm-bz2") as { init(): Promise<WasmDecoder> }).init();
  return { decode: (data, mostBytes) => codec.decompress(data, mostBytes) };
}

/** An ES module that a bundler must not follow: its address is made at run time. */
async function loadBzip2Wasm(): Promise<PeerCodec> {
  const { default: Codec } = await import(pathToFileURL(require.resolve("bzip2-wasm")).href) as WasmModule;
  const codec = new Codec();
  await codec.init();
  return {
    decode: (data, mostBytes) => codec.decompress(data, mostBytes),
    // Incompressible bytes grow by up to one percent and 600 bytes.
    encode: (plain) => codec.compress(plain, 9, Math.ceil(plain.length * 1.01) + 600),
  };
}
