/** The old showcrcs: what -v and -vv add, for checksums at any bit; files without an end. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compress } from "../../../lib/bzip2/compress.ts";
import { readBits } from "../../../lib/dump/blocks/footer.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { runOld } from "./run-ancestor.ts";

const ROOT = scratchDirectory("showcrcs");
const hex = (value: number): string => `0x${value.toString(16)}`;

function fileWith(name: string, bytes: Uint8Array): string {
  const path = join(ROOT, name);
  writeFileSync(path, bytes);
  return path;
}

/** A stream whose end begins at this bit of a byte. */
function endingAt(bit: number): Uint8Array {
  for (let length = 1;; length++) {
    const bytes = compress(new TextEncoder().encode("wiki and dump ".repeat(40).slice(0, length)));
    for (let end = bytes.length * 8 - 80; end > (bytes.length - 11) * 8; end--) {
      if (readBits(bytes, end, 24) === 0x177245 && end % 8 === bit) return bytes;
    }
  }
}

for (let bit = 0; bit < 8; bit++) {
  test(`-v shows the five bytes of an end at bit ${bit}`, async () => {
    const bytes = endingAt(bit);
    const { code, stdout } = await runOld("showcrcs", "-v", "-f", fileWith(`end${bit}.bz2`, bytes));
    assert.equal(code, 0);
    const shown = Array.from(bytes.subarray(-5), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const shift = bit === 0 ? "" : `stream_crc bits shifted by ${bit}\n`;
    const crc = /^CRC:(\w+)$/m.exec(stdout)![1]!;
    const end = `computed_stream_CRC:${hex(Number(crc))}\nbuffer: ${shown}\n${shift}extracted_stream_CRC:${
      hex(Number(crc))
    }\n`;
    assert.ok(stdout.endsWith(end), stdout);
  });

  test(`-vv shows how the checksum of a block at bit ${bit} comes together`, async () => {
    // A block of 20 bytes, and the same again at another bit: "showcrcs" takes it for the next one.
    const first = compress(new Uint8Array(20));
    const bits = Array.from(first, (byte) => byte.toString(2).padStart(8, "0")).join("");
    const moved = `${bits}${"0".repeat(bit)}${bits.slice(32)}00000000`;
    const bytes = Uint8Array.from(moved.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
    const { stdout } = await runOld("showcrcs", "-vv", "-f", fileWith(`block${bit}.bz2`, bytes));
    const start = first.length * 8 + bit;
    const at = Math.floor(start / 8) + 6;
    const whole = readBits(bytes, start + 48, 32);
    const sum = (count: number): number => readBits(bytes, at * 8 + bit, count * 8 - bit);
    const lines = [1, 2, 3].map((n) => `crc with buffer[${n - 1}] and shifted: ${hex((sum(n) * 256) % 2 ** 32)}\n`);
    if (bit > 0) {
      lines.push(`block crc bits shifted by ${bit}\n`);
      lines.push(`crc with buffer[3] and shifted: ${hex((sum(4) * 2 ** bit) % 2 ** 32)}\n`);
    }
    const buffer = Array.from(bytes.subarray(at, at + 5), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const place = bit === 0 ? first.length - 1 : first.length;
    const shown = `offset:${place} buffer: ${buffer}\n${lines.join("")}CRC:0x${whole.toString(16).padStart(8, "0")}\n`;
    assert.ok(stdout.includes(shown), `${stdout}\nexpected\n${shown}`);
  });
}

test("a file too short for an end is told to be that", async () => {
  const told = [10, 11].map((length) => runOld("showcrcs", "-f", fileWith(`zeros${length}`, new Uint8Array(length))));
  const [short, long] = await Promise.all(told);
  const stdout = "computed_stream_CRC:0x0\n";
  assert.deepEqual(short, { code: 1, stdout, stderr: "lseek of file failed\nfailed to find bz2 footer\n" });
  assert.deepEqual(long, { code: 1, stdout, stderr: "failed to find bz2 footer\n" });
});
