/**
 * The two ways in which files of a run write time: `2026-01-01 22:10:03` (UTC, the reference's form, in every status
 * file) and RFC 822 dates in feeds; and runs' dates, `YYYYMMDD`.
 */

/**
 * A moment as status files write it, in UTC; the empty text for "never".
 */
export function formatTimestamp(moment: Date | undefined): string {
  return moment === undefined ? "" : moment.toISOString().slice(0, 19).replace("T", " ");
}

/** Reads what `formatTimestamp` wrote; undefined for the empty text and for anything else. */
export function parseTimestamp(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const moment = new Date(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** `20260101` as `2026-01-01`; any other text comes back as it is. */
export function dashedDate(date: string): string {
  return date.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
}

/** Whether a text is a date of a run: eight digits that name a day which exists. */
export function isRunDate(text: string): boolean {
  if (!/^\d{8}$/.test(text)) return false;
  const moment = new Date(`${dashedDate(text)}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 10) === dashedDate(text);
}
