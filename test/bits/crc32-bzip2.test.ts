import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { combineCrc, CRC_START, CRC_TABLE, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { utf8 } from "../support/collect.ts";
import { plainUpdateCrc } from "../support/plain/crc32-bzip2.ts";

test("the checksum of 123456789 is the published check value", () => {
  assert.equal(finishCrc(updateCrc(CRC_START, utf8("123456789"))), 0xfc891918);
});

test("the checksum of nothing is zero", () => {
  assert.equal(finishCrc(CRC_START), 0);
});

test("updateCrc agrees with the plain division, from any register", () => {
  fc.assert(fc.property(fc.integer(), fc.uint8Array({ maxLength: 100 }), (register, bytes) => {
    assert.equal(updateCrc(register, bytes), plainUpdateCrc(register, bytes));
  }));
});

test("updateCrc agrees with the plain division where a bite ends, also in the middle of a buffer", () => {
  const memory = Uint8Array.from({ length: 40_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24);
  for (const length of [16_383, 16_384, 16_385, 16_392, 32_768, 32_775]) {
    for (const start of [0, 3]) {
      const bytes = memory.subarray(start, start + length);
      assert.equal(updateCrc(CRC_START, bytes), plainUpdateCrc(CRC_START, bytes), `${length} bytes from ${start}`);
    }
  }
});

test("updateCrc gives the same in one call as in many", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (parts) => {
    const whole = parts.flatMap((part) => [...part]);
    assert.equal(parts.reduce(updateCrc, CRC_START), updateCrc(CRC_START, Uint8Array.from(whole)));
  }));
});

test("the table is that of single bytes", () => {
  for (let byte = 0; byte < 256; byte++) assert.equal(CRC_TABLE[byte], plainUpdateCrc(byte << 24, [0]));
});

test("combineCrc rotates to the left and stays unsigned", () => {
  assert.equal(combineCrc(0x80000001, 0), 3);
  assert.equal(combineCrc(0x40000000, 0), 0x80000000);
  assert.equal(combineCrc(0, 0xffffffff), 0xffffffff);
});
