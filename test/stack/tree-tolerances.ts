/** How a run's directory of ours differs from the reference's on purpose: each with its reason. Everything else is a fault. */

/** A deliberate difference. `place` is matched against the place of the difference, `what` against its words. */
export interface TreeTolerance {
  readonly reason: string;
  readonly place: RegExp;
  readonly what: RegExp;
}

/** All deliberate differences. Wiki and date are written {wiki} and {date}. */
export const TREE_TOLERANCES: readonly TreeTolerance[] = [
  {
    reason: "Decision 028: no md5sums-<file>.txt beside every file",
    place: /^run\/(?:md5|sha1)sums-\{wiki\}-\{date\}-.*\.txt$/,
    what: /^only in the reference$/,
  },
  {
    reason: "The log of a private wiki's run lies where the configuration says",
    place: /^run\/dumplog\.txt$/,
    what: /^only in /,
  },
  {
    reason: "docs/status-files.md: keys that we add to dumpstatus.json, counted by schemaVersion",
    place:
      /^run\/dumpstatus\.json:(?:schemaVersion|wiki|date|phase|status|complete|private|closed|startedAt|updatedAt|progress|failed|notice|previous)(?:\/|\[|$)/,
    what: /^only ours/,
  },
  {
    reason: "docs/status-files.md: a job has its title, and where they are not empty detail, progress, error, notices",
    place: /^run\/dumpstatus\.json:jobs\/[a-z0-9]+\/(?:title|detail|progress|error|notices)(?:\/|\[|$)/,
    what: /^only ours/,
  },
  {
    reason: "report.json has jobs without files too, with an empty list",
    place: /^run\/report\.json:jobs\/[a-z0-9]+(?:\/files)?$/,
    what: /^only ours/,
  },
  {
    reason: "The reference's list ends up with tableinfo.json alone; ours has every file that is no dump file",
    place: /^run\/dumpspecialfiles\.json:files\//,
    what: /^only ours/,
  },
  {
    reason: "A feed of ours does not say Wikimedia: anybody may run this",
    place: /^latest\/.*-rss\.xml:rss\/channel\/description$/,
    what: /^Dumps of \{wiki\}: .* \/ Wikimedia dump updates for \{wiki\}$/,
  },
  {
    reason: "A feed of ours has a guid, by which readers know an item again",
    place: /^latest\/.*-rss\.xml:rss\/channel\/item\/guid$/,
    what: /^only ours$/,
  },
  {
    reason: "A private file has no link: it would be dead",
    place: /^run\/(?:dumpstatus|report|dumpspecialfiles)\.json:.*\/url$/,
    what: /^only in the reference \(private wiki\)$/,
  },
];
