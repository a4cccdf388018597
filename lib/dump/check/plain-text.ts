/**
 * Whether bytes are characters of XML in UTF-8 with no entities but MediaWiki's own four: what a look at most heads finds.  @kernel
 *
 * `checkCharacters` says what is wrong, and knows all of XML.
 */
import { AMPERSAND, CARRIAGE_RETURN, LINE_FEED, SEMICOLON, SPACE, TAB } from "../../xml/characters.ts";
import { characterLength } from "./bad-character.ts";

/** Bytes that need a look: controls, "&", and all above ASCII. */
const IS_SPECIAL: Uint8Array = makeSpecials();

function makeSpecials(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(1, 0, SPACE);
  table.fill(1, 0x80);
  table[AMPERSAND] = 1;
  table[TAB] = table[LINE_FEED] = table[CARRIAGE_RETURN] = 0;
  return table;
}

/** False: there is something that only a closer look can judge. */
export function isPlainText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end;) {
    const byte = bytes[at]!;
    if (IS_SPECIAL[byte] === 0) {
      at++;
      continue;
    }
    const length = byte === AMPERSAND
      ? entityLength(bytes, at, end)
      : byte < SPACE
      ? 0
      : characterLength(bytes, at, end);
    if (length === 0) return false;
    at += length;
  }
  return true;
}

/** Bytes of `&lt;`, `&gt;`, `&amp;` or `&quot;`; 0 for anything else. */
function entityLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at + 1];
  let length = 0;
  if (bytes[at + 2] === 0x74 && (first === 0x6c || first === 0x67)) length = 4;
  else if (first === 0x61 && bytes[at + 2] === 0x6d && bytes[at + 3] === 0x70) length = 5;
  else if (first === 0x71 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x6f && bytes[at + 4] === 0x74) length = 6;
  return length > 0 && at + length <= end && bytes[at + length - 1] === SEMICOLON ? length : 0;
}
