/**
 * Time: waiting, and the steady clock for durations (the wall clock jumps).
 */

/** Milliseconds of a clock that never jumps; only differences mean something. */
export function steadyMs(): number {
  return performance.now();
}

/** Waits. Rejects with the signal's reason when that aborts first. */
export function sleep(ms: number, options: { signal?: AbortSignal } = {}): Promise<void> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
