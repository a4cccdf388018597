/** Python's bz2 module (which is libbz2) as an oracle: many inputs in one process. */

import { spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";

/** What libbz2 says of one stream. */
export interface PythonVerdict {
  /** "good": the stream's end was reached. "short": it wants more input. "bad": the data is wrong. */
  readonly verdict: "good" | "short" | "bad";
  /** The plain bytes; for "bad" none, because Python does not give them. */
  readonly bytes: Buffer;
}

const SCRIPT = `
import bz2, struct, sys
data = sys.stdin.buffer.read()
at = 0
out = []
while at < len(data):
    length, = struct.unpack_from("<I", data, at)
    decoder = bz2.BZ2Decompressor()
    try:
        plain = decoder.decompress(data[at + 4:at + 4 + length])
        verdict = 0 if decoder.eof else 1
    except OSError:
        plain, verdict = b"", 2
    out.append(struct.pack("<BI", verdict, len(plain)) + plain)
    at += 4 + length
sys.stdout.buffer.write(b"".join(out))
`;

/** Decodes the first stream of each input. */
export function pythonDecode(inputs: readonly Uint8Array[]): PythonVerdict[] {
  const frames = inputs.flatMap((input) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(input.length);
    return [head, input];
  });
  const { status, stdout, stderr } = spawnSync("python3", ["-c", SCRIPT], {
    input: Buffer.concat(frames),
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`python3 failed: ${stderr.toString()}`);
  const verdicts: PythonVerdict[] = [];
  for (let at = 0; at < stdout.length;) {
    const length = stdout.readUInt32LE(at + 1);
    const verdict = (["good", "short", "bad"] as const)[stdout[at]!]!;
    verdicts.push({ verdict, bytes: stdout.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return verdicts;
}

/** Whether python3 has its bz2 module; the reason to skip if not. */
export function skipWithoutPythonBz2(): string | false {
  return spawnSync("python3", ["-c", "import bz2"]).status === 0 ? false : "python3 with bz2 is not on this machine";
}
