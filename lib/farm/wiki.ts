/**
 * One wiki of the farm as its run sees it: name, settings, and where its files go.
 *
 * A private wiki lives in the private tree altogether; that switch is made here and nowhere else.
 */
import type { WikiSettings } from "./config/schema.ts";

export interface Wiki {
  /** Database name, such as "tenwiki". */
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isClosed: boolean;
  /** It has boards of the extension Flow. */
  readonly hasFlow: boolean;
  readonly settings: WikiSettings;
  /** Where its runs are: in the public tree, or in the private one for a private wiki. */
  readonly runsDirectory: string;
  /** Where its locks and logs are. */
  readonly privateDirectory: string;
  /** Scratch space of its own. */
  readonly tempDirectory: string;
}

export interface WikiTraits {
  readonly isPrivate: boolean;
  readonly isClosed: boolean;
  readonly hasFlow: boolean;
}

/** Puts a wiki together from its name, its settings and the lists that name it. */
export function makeWiki(name: string, settings: WikiSettings, traits: WikiTraits): Wiki {
  const privateDirectory = `${settings.output.private}/${name}`;
  return {
    name,
    ...traits,
    settings,
    runsDirectory: traits.isPrivate ? privateDirectory : `${settings.output.public}/${name}`,
    privateDirectory,
    tempDirectory: `${settings.output.temp}/${name.slice(0, 1)}/${name}`,
  };
}

/** The directory of one run's published files. */
export function runDirectory(wiki: Wiki, date: string): string {
  return `${wiki.runsDirectory}/${date}`;
}

/** The directory of one run's private files (the log); the same as `runDirectory` for a private wiki. */
export function privateRunDirectory(wiki: Wiki, date: string): string {
  return `${wiki.privateDirectory}/${date}`;
}
