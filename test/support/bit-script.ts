/**
 * A small language for bits, so that tests can show malformed files instead of hex dumps.
 *
 *     "BZh9"        the bytes of a text              0101        these bits
 *     x314159       four bits for each hex digit     17:15       the number 17 in 15 bits
 *     item*8        the item, eight times            ( … )*3     the group, three times
 *     |             zero bits up to the next byte    @name       a label: the bit offset goes into `at.name`
 *     # …           a comment, to the end of the line
 *
 * In the template, `${bytes}` stands for bytes, `${other script}` for its bits, `${number}` for a number before ":width".
 */

/** What a script makes. */
export interface BitScript {
  /** The bits as "0" and "1". */
  readonly text: string;
  /** The same, with zero bits up to a whole byte. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The bit offsets of the labels. */
  readonly at: Readonly<Record<string, number>>;
}

const TOKEN =
  /\s+|#[^\n]*|"(?<text>[^"]*)"|(?<value>\d+):(?<width>\d+)|x(?<hex>[0-9a-fA-F]+)|(?<bits>[01]+)|@(?<label>\w+)|(?<sign>[|()])|\*(?<times>\d+)/y;

/** Makes bits from a script. */
export function bits(
  strings: TemplateStringsArray,
  ...values: readonly (Uint8Array | BitScript | number)[]
): BitScript {
  let source = strings[0]!;
  values.forEach((value, i) => source += insertion(value) + strings[i + 1]!);
  const at: Record<string, number> = {};
  const text = run(source, at);
  return { text, bytes: toBytes(text), at };
}

function insertion(value: Uint8Array | BitScript | number): string {
  if (typeof value === "number") return String(value);
  if (value instanceof Uint8Array) return value.length === 0 ? "" : ` x${hex(value)} `;
  return value.text === "" ? "" : ` ${value.text} `;
}

function run(source: string, at: Record<string, number>): string {
  let out = "";
  /** Where the last item started, and where the open groups did. */
  let itemStart = 0;
  const groups: number[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw new SyntaxError(`Bit script not understood at: ${source.slice(from, from + 30)}`);
    const { text, value, width, hex: digits, bits: plain, label, sign, times } = match.groups!;
    const start = out.length;
    if (text !== undefined) out += toBits(new TextEncoder().encode(text));
    else if (value !== undefined) out += numberBits(Number(value), Number(width));
    else if (digits !== undefined) out += [...digits].map((digit) => numberBits(parseInt(digit, 16), 4)).join("");
    else if (plain !== undefined) out += plain;
    else if (label !== undefined) at[label] = start;
    else if (sign === "|") out += "0".repeat((8 - out.length % 8) % 8);
    else if (sign === "(") groups.push(start);
    else if (sign === ")") itemStart = groups.pop()!;
    else if (times !== undefined) out = out.slice(0, itemStart) + out.slice(itemStart).repeat(Number(times));
    if (out.length > start && times === undefined) itemStart = start;
  }
  return out;
}

function numberBits(value: number, width: number): string {
  const digits = value.toString(2).padStart(width, "0");
  if (digits.length > width) throw new RangeError(`${value} does not fit into ${width} bits`);
  return digits;
}

/** The bits of bytes as "0" and "1". */
export function toBits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(text.length / 8));
  for (let i = 0; i < text.length; i++) if (text[i] === "1") bytes[i >> 3]! |= 0x80 >> (i & 7);
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
