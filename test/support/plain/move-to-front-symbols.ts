/** Move-to-front and the digits of zero runs, written plainly: the twin of mtf-encode.ts. */

/** The symbols of a column, the end of the block included. */
export function moveToFrontSymbols(column: Uint8Array): number[] {
  const list = [...new Set(column)].sort((a, b) => a - b);
  const alphabetSize = list.length + 2;
  const symbols: number[] = [];
  let zeros = 0;
  const writeZeros = (): void => {
    symbols.push(...zeroRunDigits(zeros));
    zeros = 0;
  };
  for (const byte of column) {
    const place = list.indexOf(byte);
    list.splice(place, 1);
    list.unshift(byte);
    if (place === 0) {
      zeros++;
    } else {
      writeZeros();
      symbols.push(place + 1);
    }
  }
  writeZeros();
  return [...symbols, alphabetSize - 1];
}

/** A number in digits that count 1 (symbol 0) and 2 (symbol 1), lowest first. */
export function zeroRunDigits(count: number): number[] {
  if (count === 0) return [];
  return count % 2 === 1 ? [0, ...zeroRunDigits((count - 1) / 2)] : [1, ...zeroRunDigits((count - 2) / 2)];
}
