/** Compares which revisions two pages have, and in which order. */
import type { XmlElement } from "./dump-items.ts";

/** A revision that is missing, there twice, or at another place. */
export interface RevisionFault {
  readonly id: string;
  readonly isLeft: boolean;
  readonly isRight: boolean;
  readonly what: string;
}

/** Faults of two lists of revisions of the same page. */
export function revisionFaults(left: readonly XmlElement[], right: readonly XmlElement[]): readonly RevisionFault[] {
  const [ours, theirs] = [left.map(idOf), right.map(idOf)];
  const [oursSet, theirsSet] = [new Set(ours), new Set(theirs)];
  const faults: RevisionFault[] = [
    ...ours.filter((id) => !theirsSet.has(id)).map((id) => ({ id, isLeft: true, isRight: false, what: "only left" })),
    ...theirs.filter((id) => !oursSet.has(id)).map((id) => ({ id, isLeft: false, isRight: true, what: "only right" })),
  ];
  const twice = (ids: readonly string[], where: string) =>
    ids.filter((id, index) => ids.indexOf(id) !== index)
      .map((id) => ({ id, isLeft: true, isRight: true, what: `there more than once ${where}` }));
  if (oursSet.size < ours.length) faults.push(...twice(ours, "left"));
  if (theirsSet.size < theirs.length) faults.push(...twice(theirs, "right"));
  const [common, others] = [ours.filter((id) => theirsSet.has(id)), theirs.filter((id) => oursSet.has(id))];
  const moved = common.findIndex((id, index) => id !== others[index]);
  if (moved >= 0 && common.length === others.length) {
    const id = common[moved]!;
    faults.push({ id, isLeft: true, isRight: true, what: `stands where the other file has revision ${others[moved]}` });
  }
  return faults;
}

function idOf(revision: XmlElement): string {
  return revision.children.find(({ name }) => name === "id")?.text ?? "without an id";
}
