/** Tells how many bytes go by: for progress lines. The bytes pass unchanged. */

/** The same stream; `onBytes` is told the length of each chunk as it passes. */
export function countBytes(
  stream: ReadableStream<Uint8Array>,
  onBytes: (byteLength: number) => void,
): ReadableStream<Uint8Array> {
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        onBytes(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}
