import assert from "node:assert/strict";
import { test } from "node:test";
import { isWikidumpError } from "../../../lib/errors.ts";
import { extractRange } from "../../../lib/dump/pages/extract-range.ts";
import { findPage } from "../../../lib/dump/pages/find-page.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { cutStreams, expectedDocument, makeDump, multistream, oneStream, randomFrom, textOf } from "../dump-maker.ts";

const DUMP = makeDump(Array.from({ length: 60 }, (_, i) => 2 * i + 1), () => 400);
const FORMS = [cutStreams(DUMP, 500), cutStreams(DUMP, 3000), multistream(DUMP, 4).bytes, oneStream(DUMP)];
const ROUNDS = 1000;

/** The bytes with some bits flipped, cut short, with a piece left out, or with a piece of zeros. */
function damage(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.2) return bytes.subarray(0, at);
  if (kind < 0.4) {
    const end = Math.min(bytes.length, at + Math.floor(random() * 900));
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
  }
  const damaged = bytes.slice();
  if (kind < 0.55) damaged.fill(0, at, at + Math.floor(random() * 300));
  else for (let n = 0; n < 3; n++) damaged[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
  return damaged;
}

test(`of ${ROUNDS} damaged dumps, each gives the right pages or an error of this library, never less`, async () => {
  const random = randomFrom(11);
  let good = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const source = bytesSource(damage(FORMS[round % FORMS.length]!, random));
    const first = Math.floor(random() * 125);
    const last = first + Math.floor(random() * 10);
    try {
      const xml = await textOf(extractRange(source, { first, last }));
      assert.ok(
        xml === expectedDocument(DUMP, (id) => id >= first && id <= last),
        `round ${round}: pages ${first} to ${last}`,
      );
      good++;
      const place = await findPage(source, first);
      assert.equal(place !== undefined, DUMP.ids.includes(first), `round ${round}: page ${first}`);
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
    }
  }
  assert.ok(good > ROUNDS / 4 && good < ROUNDS, `${good} good ones`);
});
