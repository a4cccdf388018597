/** The old munge_crc_info.py: which lines count. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratchDirectory } from "../../support/scratch.ts";
import { runOld } from "./run-ancestor.ts";

const PATH = join(scratchDirectory("munge-crc-info"), "crcs.txt");
const END = "And now the big finish, the final computed crc\nFile CRC: ";

async function munge(text: string): Promise<Awaited<ReturnType<typeof runOld>>> {
  writeFileSync(PATH, text);
  return await runOld("munge_crc_info", "-i", PATH);
}

test("lines with another word in place of the checksum, and what is none of showcrcs, are passed over", async () => {
  const block = "Block_CRC: 0xff ( 255 ), Cumul_CRC: 0xff ( 255 ) Offset: 9\n";
  const lines = ["# comment", "", "junk line", "offset:7 FOO:1", "offset:8 12", "computed_stream_CRC:0x1"];
  for (const line of lines) {
    assert.deepEqual(await munge(`${line}\noffset:9 CRC:ff more\n`), {
      code: 0,
      stdout: `${block}${END}0xff\n`,
      stderr: "",
    });
  }
  assert.equal((await munge(`${lines.join("\n")}\n`)).stdout, `${END}0x0\n`);
});

test("a checksum or an offset that is no number is an error, and tells its line", async () => {
  for (
    const line of [
      "offset:x CRC:0x1",
      "offset:3:4 CRC:0x5",
      "offset:3 CRC:5:6",
      "offset:3 CRC:",
      "offset:3 CRC",
      "offset:3",
    ]
  ) {
    const { code, stderr } = await munge(`\n${line}\n`);
    assert.equal(code, 1, line);
    assert.match(stderr, /^Line 2 has no /);
  }
});
