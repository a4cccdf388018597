/** The bytes that XML's grammar is made of, and the two classes of bytes that its readers ask for. */

export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const EXCLAMATION = 0x21;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const AMPERSAND = 0x26;
export const APOSTROPHE = 0x27;
export const SLASH = 0x2f;
export const SEMICOLON = 0x3b;
export const LESS_THAN = 0x3c;
export const EQUALS = 0x3d;
export const GREATER_THAN = 0x3e;
export const QUESTION = 0x3f;

/** Whether a byte is white space as XML has it. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

const NAME_START = 1;
const NAME_LATER = 2;
const NAME_CLASS: Uint8Array = makeNameClass();

function makeNameClass(): Uint8Array {
  const table = new Uint8Array(256);
  // Above ASCII everything is let through: which letters Unicode allows in names is no business of ours.
  for (let byte = 0x80; byte < 0x100; byte++) table[byte] = NAME_START | NAME_LATER;
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:") {
    table[letter.charCodeAt(0)] = NAME_START | NAME_LATER;
  }
  for (const sign of "0123456789-.") table[sign.charCodeAt(0)] = NAME_LATER;
  return table;
}

/** Whether a byte may begin a name. */
export function isNameStart(byte: number): boolean {
  return (NAME_CLASS[byte]! & NAME_START) !== 0;
}

/** Whether a byte may stand in a name after its beginning. */
export function isNamePart(byte: number): boolean {
  return (NAME_CLASS[byte]! & NAME_LATER) !== 0;
}
