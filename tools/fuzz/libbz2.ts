/** libbz2 as an oracle: Python's bz2 module in one process that lives as long as the run. */
import { Buffer } from "node:buffer";
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Answer, Claim } from "./target.ts";

/**
 * Reads frames (length, how much of it holds good blocks, file) until one of length 2^32 - 1 asks for the answers: verdict, number
 * of plain bytes, their MD5. Python drops what came before an error, so of a bad file it decodes the good blocks once more alone.
 * It also stops at 32 KiB of output once it has all input, until it is asked again.
 */
const SCRIPT = `
import bz2, hashlib, struct, sys
source, out = sys.stdin.buffer, sys.stdout.buffer
def drain(decoder, data):
    parts = [decoder.decompress(data)]
    while parts[-1] and not decoder.eof:
        parts.append(decoder.decompress(b""))
    return b"".join(parts)
while True:
    head = source.read(8)
    if len(head) < 8:
        break
    length, good = struct.unpack("<II", head)
    if length == 0xffffffff:
        out.flush()
        continue
    data = source.read(length)
    decoder = bz2.BZ2Decompressor()
    try:
        plain = drain(decoder, data)
        verdict = 0 if decoder.eof else 1
    except OSError:
        verdict, plain = 2, b""
        if good:
            try:
                plain = drain(bz2.BZ2Decompressor(), data[:good])
            except OSError:
                pass
    out.write(struct.pack("<BI", verdict, len(plain)) + hashlib.md5(plain).digest())
`;

const ANSWER_BYTES = 1 + 4 + 16;

/** Whether python3 with bz2 is on this machine. */
export function hasLibbz2(): boolean {
  return spawnSync("python3", ["-c", "import bz2"]).status === 0;
}

/** The oracle's process. */
export class Libbz2 {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor() {
    this.#child = spawn("python3", ["-c", SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Sends files; the answers are fetched later, so that both sides work at the same time. */
  ask(cases: readonly { readonly bytes: Uint8Array; readonly claim: Claim }[]): void {
    for (const { bytes, claim } of cases) {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(bytes.length, 0);
      head.writeUInt32LE(claim.goodBytes, 4);
      this.#child.stdin.write(head);
      this.#child.stdin.write(bytes);
    }
    this.#child.stdin.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  }

  /** What libbz2 says of a file that was sent, in the order of sending. */
  async answer(): Promise<Answer> {
    while (this.#rest.length < ANSWER_BYTES) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("python3 ended early");
      this.#rest = Buffer.concat([this.#rest, value]);
    }
    const answer = this.#rest.subarray(0, ANSWER_BYTES);
    this.#rest = this.#rest.subarray(ANSWER_BYTES);
    const verdict = (["good", "short", "bad"] as const)[answer[0]!]!;
    return { verdict, byteLength: answer.readUInt32LE(1), md5: answer.subarray(5).toString("hex") };
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/** What is wrong with our claim, in the light of the oracle's; undefined if nothing. */
export function compareClaims(ours: Claim, theirs: Answer): string | undefined {
  if (ours.verdict !== theirs.verdict) return `we say ${ours.verdict}, libbz2 says ${theirs.verdict}`;
  if (ours.byteLength !== theirs.byteLength || ours.md5 !== theirs.md5) {
    return `${ours.verdict}: we give ${ours.byteLength} bytes (${ours.md5}), libbz2 ${theirs.byteLength} (${theirs.md5})`;
  }
  return undefined;
}
