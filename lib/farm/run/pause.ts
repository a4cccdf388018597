/** Waiting that can be broken off, by a signal or by who waits. */

/** Is over after a time or when the signal aborts; `cancel` lets go of the timer. */
export function pause(ms: number, signal: AbortSignal): { readonly over: Promise<void>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  signal.addEventListener("abort", end, { once: true });
  return {
    over,
    cancel: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    },
  };
}
