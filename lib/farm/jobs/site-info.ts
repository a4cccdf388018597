/**
 * The namespaces of the wiki as JSON, in the two shapes that the wiki's API gives (formatversion 1 and 2).
 *
 * Holds what an export states. What only a running wiki knows (aliases, which namespaces have subpages …) is left out rather
 * than guessed, except for the canonical English names of the built-in namespaces, which are the same everywhere.
 */
import type { Namespace, SiteInfo } from "../../dump/reading/model.ts";
import type { SourceEvent } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";
import type { JobContext, JobWork, ReadingJob } from "./job.ts";
import { wholePiece } from "./pieces.ts";

/** Gives the text of the JSON document. */
type Render = (siteInfo: SiteInfo) => string;

export const namespacesJob: ReadingJob = siteInfoJob("namespaces", "siteinfo-namespaces", renderVersion1);
export const namespacesV2Job: ReadingJob = siteInfoJob("namespacesv2", "siteinfo2-namespacesv2", renderVersion2);

function siteInfoJob(name: string, dumpName: string, render: Render): ReadingJob {
  return {
    kind: "reading",
    name,
    title: "Namespaces of the wiki",
    detail: `In the format of the wiki's API, version ${render === renderVersion1 ? 1 : 2}.`,
    needs: "siteinfo",
    revisions: "current",
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName, type: "json", extension: "gz" }]),
    start: (context: JobContext): JobWork => new SiteInfoWork(context.outputs[0]!, render),
  };
}

class SiteInfoWork implements JobWork {
  readonly #output: DumpOutput;
  readonly #render: Render;

  constructor(output: DumpOutput, render: Render) {
    this.#output = output;
    this.#render = render;
  }

  take(event: SourceEvent): Promise<void> | undefined {
    if (event.type !== "start") return undefined;
    this.#output.add(new TextEncoder().encode(this.#render(event.siteInfo)));
    return this.#output.settled();
  }

  async finish(): Promise<void> {}
}

/** What a header says, in the shape of the API. */
export function renderSiteInfo(siteInfo: SiteInfo, formatVersion: 1 | 2): string {
  return formatVersion === 1 ? renderVersion1(siteInfo) : renderVersion2(siteInfo);
}

function renderVersion1(siteInfo: SiteInfo): string {
  const namespaces = siteInfo.namespaces.map((space) => ({
    id: space.id,
    ...(space.caseRule === undefined ? {} : { case: space.caseRule }),
    ...(space.id === 0 ? { content: "" } : {}),
    ...canonicalName(space),
    "*": space.name,
  }));
  return renderQuery("", namespaces, siteInfo);
}

function renderVersion2(siteInfo: SiteInfo): string {
  const namespaces = siteInfo.namespaces.map((space) => ({
    id: space.id,
    ...(space.caseRule === undefined ? {} : { case: space.caseRule }),
    name: space.name,
    ...canonicalName(space),
    ...(space.id === 0 ? { content: true } : {}),
  }));
  return renderQuery(true, namespaces, siteInfo);
}

/** By hand, because an object of JavaScript would put the negative ids last. */
function renderQuery(batchComplete: "" | true, namespaces: readonly { id: number }[], siteInfo: SiteInfo): string {
  const members = namespaces.map((space) => `"${space.id}":${JSON.stringify(space)}`);
  const query = `{"namespaces":{${members.join(",")}},"general":${JSON.stringify(general(siteInfo))}}`;
  return `{"batchcomplete":${JSON.stringify(batchComplete)},"query":${query}}`;
}

function general(siteInfo: SiteInfo): unknown {
  return {
    base: siteInfo.base,
    sitename: siteInfo.siteName,
    generator: siteInfo.generator,
    case: siteInfo.caseRule,
    lang: siteInfo.language,
    wikiid: siteInfo.dbName,
  };
}

const CANONICAL_NAMES = new Map<number, string>([
  [-2, "Media"],
  [-1, "Special"],
  [1, "Talk"],
  [2, "User"],
  [3, "User talk"],
  [4, "Project"],
  [5, "Project talk"],
  [6, "File"],
  [7, "File talk"],
  [8, "MediaWiki"],
  [9, "MediaWiki talk"],
  [10, "Template"],
  [11, "Template talk"],
  [12, "Help"],
  [13, "Help talk"],
  [14, "Category"],
  [15, "Category talk"],
]);

function canonicalName(space: Namespace): { canonical?: string } {
  const canonical = CANONICAL_NAMES.get(space.id);
  return canonical === undefined ? {} : { canonical };
}
