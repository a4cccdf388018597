/**
 * SIGUSR2 as a question: what are you doing? (SIGUSR1 has Node open its inspector; SIGQUIT is what ends a program that hangs.)
 *
 * Without a listener the signal ends a process, so a program that wants to be asked listens from its start.
 */
import process from "node:process";

/** Calls `answer` whenever somebody asks. Gives the function that ends that. On systems without the signal it does nothing. */
export function onQuestion(answer: () => void): () => void {
  try {
    process.on("SIGUSR2", answer);
  } catch {
    return () => {};
  }
  return () => void process.removeListener("SIGUSR2", answer);
}
