/** Inputs on which sorters and run-length coders trip, each with a name. The same on every machine. */

/** All of them, none longer than about `byteLength`. */
export function* hardInputs(byteLength: number): Generator<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const of = (byteAt: (i: number) => number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length: byteLength }, (_, i) => byteAt(i));
  const random = randomBytes(byteLength, 1);
  const period = Math.ceil(byteLength / 3);
  yield { name: "zeros", bytes: of(() => 0) };
  yield { name: "two bytes by turns", bytes: of((i) => i & 1) };
  yield { name: "runs of five", bytes: of((i) => Math.floor(i / 5) & 1) };
  yield { name: "ramps up", bytes: of((i) => i & 255) };
  yield { name: "ramps down", bytes: of((i) => 255 - (i & 255)) };
  yield { name: "Fibonacci word", bytes: fibonacciWord(byteLength) };
  yield { name: "Thue–Morse word", bytes: of(thueMorse) };
  yield { name: "runs that grow", bytes: of((i) => Math.floor(Math.sqrt(i)) & 255) };
  yield { name: "random bytes", bytes: random };
  yield { name: "random bits", bytes: of((i) => random[i]! & 1) };
  yield { name: "short random piece, repeated", bytes: of((i) => random[i % 37]!) };
  yield { name: "long random piece, three times", bytes: of((i) => random[i % period]!) };
  yield { name: "one odd byte at the end", bytes: of((i) => i === byteLength - 1 ? 1 : i % 3 === 0 ? 2 : 0) };
}

/** Random bytes from a seed. */
export function randomBytes(byteLength: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length: byteLength }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

function fibonacciWord(byteLength: number): Uint8Array<ArrayBuffer> {
  let [shorter, longer] = ["b", "a"];
  while (longer.length < byteLength) [shorter, longer] = [longer, longer + shorter];
  return new TextEncoder().encode(longer.slice(0, byteLength));
}

function thueMorse(index: number): number {
  let parity = 0;
  for (let bits = index; bits > 0; bits &= bits - 1) parity ^= 1;
  return parity;
}
