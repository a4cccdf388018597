/** The plain twin of DumpSkimmer: counts through the dump reader, one event at a time. */
import { DumpReader } from "../../lib/dump/reading/dump-reader.ts";
import { decodeBytes } from "../../lib/xml/entities.ts";
import { LazyRevision } from "../../lib/dump/reading/revision-reader.ts";

/** What both say of a page. */
export interface PlainSummary {
  readonly id: number;
  readonly namespace: number;
  readonly isRedirect: boolean;
  readonly title: string;
  readonly revisions: number;
  readonly textBytes: number;
  readonly maxTextBytes: number;
  readonly revisionIds: string;
  readonly timestamps: string;
  readonly xmlBytes: number;
}

/** All pages up to an error, and the code of the error. */
export function plainSummaries(xml: Uint8Array): { pages: PlainSummary[]; error: string } {
  const pages: PlainSummary[] = [];
  const reader = new DumpReader();
  let page: { -readonly [Key in keyof PlainSummary]: PlainSummary[Key] } | undefined;
  let ids: number[] = [];
  let times: string[] = [];
  const take = (event: ReturnType<DumpReader["push"]> extends Generator<infer E> ? E : never): void => {
    if (event.type === "page") {
      const { id, namespace, isRedirect, title } = event.page;
      page = {
        id,
        namespace,
        isRedirect,
        title,
        revisions: 0,
        textBytes: 0,
        maxTextBytes: 0,
        revisionIds: "",
        timestamps: "",
        xmlBytes: 0,
      };
      ids = [];
      times = [];
    }
    if (page === undefined) return;
    page.xmlBytes += event.bytes.length;
    if (event.type === "revision") {
      const { text, bytes } = event;
      const revision = new LazyRevision(bytes, { byteOffset: 0, pageId: page.id });
      const measured = text.tagStart < 0 ? 0 : decodeBytes(bytes, text.contentStart, text.contentEnd).length;
      const length = revision.textByteLength ?? measured;
      page.revisions++;
      page.textBytes += length;
      page.maxTextBytes = Math.max(page.maxTextBytes, length);
      ids.push(revision.id);
      if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(revision.timestamp)) times.push(revision.timestamp);
    } else if (event.type === "page-end") {
      ids.sort((a, b) => a - b);
      times.sort();
      page.revisionIds = `${ids[0]} ${ids.at(-1)}`;
      page.timestamps = `${times[0]} ${times.at(-1)}`;
      pages.push(page);
      page = undefined;
    }
  };
  try {
    for (const event of reader.push(xml)) take(event);
    for (const event of reader.finish()) take(event);
  } catch (error) {
    return { pages, error: String((error as { code?: unknown }).code) };
  }
  return { pages, error: "" };
}
