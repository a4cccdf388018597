/** The plain twin of lib/bzip2/symbol-decoder.ts: bit by bit, symbol by symbol, with lists. */

/** What is known of a block's symbols. */
export interface PlainSymbolInput {
  /** For each tree, the code length of each symbol. */
  readonly codeLengths: readonly Uint8Array[];
  readonly selectors: Uint8Array;
  /** The bytes that occur. */
  readonly symbols: Uint8Array;
  readonly limit: number;
  /** The input as "0" and "1", and where the first symbol is. */
  readonly text: string;
  readonly position: number;
}

/** What came of them: how it ended, at which bit, and the column so far. */
export interface PlainSymbolResult {
  readonly status: "done" | "input" | "code" | "long" | "selector";
  readonly position: number;
  readonly column: number[];
}

/** Decodes the symbols of a block. */
export function plainDecodeSymbols(input: PlainSymbolInput): PlainSymbolResult {
  const { codeLengths, selectors, symbols, limit, text } = input;
  const endSymbol = symbols.length + 1;
  const list = [...symbols];
  const column: number[] = [];
  let { position } = input;
  let run = 0;
  let digit = 1;
  for (let count = 0;; count++) {
    if (position >= text.length) return { status: "input", position, column };
    if (count >= selectors.length * 50) return { status: "selector", position, column };
    const found = matchCode(codeLengths[selectors[Math.floor(count / 50)]!]!, text, position);
    if (typeof found === "string") return { status: found, position, column };
    const { symbol, length } = found;
    if (symbol <= 1) {
      if (digit === 2 ** 21) return { status: "long", position, column };
      run += digit * (symbol + 1);
      digit *= 2;
    } else {
      const needed = column.length + run + (symbol === endSymbol ? 0 : 1);
      if (needed > limit) return { status: "long", position, column };
      for (; run > 0; run--) column.push(list[0]!);
      digit = 1;
      if (symbol === endSymbol) return { status: "done", position: position + length, column };
      const [byte] = list.splice(symbol - 1, 1);
      list.unshift(byte!);
      column.push(byte!);
    }
    position += length;
  }
}

/** The symbol whose canonical code stands at a position. */
function matchCode(
  lengths: Uint8Array,
  text: string,
  position: number,
): { symbol: number; length: number } | "input" | "code" {
  let code = 0;
  for (let length = 1; length <= 20; length++) {
    code *= 2;
    const bits = text.slice(position, position + length);
    if (bits.length < length) return "input";
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      if (parseInt(bits, 2) === code) return { symbol, length };
      code++;
    }
  }
  return position + 21 > text.length ? "input" : "code";
}
