/** The plain twin of lib/bzip2/mtf-decode.ts: a list, one byte at a time. */

/** The bytes for places in the move-to-front list, which is `symbols` at first. */
export function plainMoveToFront(places: Uint8Array, symbols: Uint8Array): number[] {
  const list = [...symbols];
  return [...places].map((place) => {
    const [byte] = list.splice(place, 1);
    list.unshift(byte!);
    return byte!;
  });
}
