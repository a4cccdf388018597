/** Decodes or encodes a whole file in memory, with this library or with a package of npm: `peer.mjs NAME decode|encode FILE MOST_BYTES`. */
import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { type PeerCodec, PEERS } from "../peers/packages.ts";
import { tellMemory } from "./tell-memory.ts";

const [name, what, path, mostBytes] = process.argv.slice(2);
const ours: PeerCodec = { decode: (data) => decompress(data), encode: (plain) => compress(plain) };
const codec = await PEERS.find((peer) => peer.name === name)?.load() ?? ours;
const data = new Uint8Array(readFileSync(path!));
const bytes = what === "decode" ? await codec.decode(data, Number(mostBytes)) : codec.encode!(data);
for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
tellMemory();
