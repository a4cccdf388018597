/** The error of a worker itself, not of the data: it ended, or it was ended. */
import { type Bzip2Place, WikidumpError } from "../errors.ts";

/** `ENDED`: by itself, before its task was done. `FAILED`: a task threw what it should not. `CLOSED`: the pool was closed. */
export type WorkerErrorCode = "ENDED" | "FAILED" | "CLOSED";

/** A task that no worker finished. */
export class WorkerError extends WikidumpError {
  declare readonly code: WorkerErrorCode;
  /** The place in the file that was to be decoded, as far as it was known. */
  readonly place: Bzip2Place | undefined;

  constructor(code: WorkerErrorCode, message: string, options: ErrorOptions & { place?: Bzip2Place } = {}) {
    const remedy = code === "CLOSED"
      ? "Close the pool when all that uses it is done"
      : "Try again without workers, or with fewer; look whether there is enough memory";
    super(code, message, { ...options, remedy });
    this.place = options.place;
  }
}
Object.defineProperty(WorkerError.prototype, "name", { value: "WorkerError" });
