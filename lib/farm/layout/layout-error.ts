/** Files of a run that do not fit together, as an error. */
import { JobError } from "../../errors.ts";

/** The job whose files are looked at. */
export interface JobPlace {
  readonly wiki: string;
  readonly job: string;
}

/** A JobError LAYOUT. */
export function layoutError(message: string, place: JobPlace, remedy: string): JobError {
  return new JobError("LAYOUT", message, place, { remedy });
}
