/** Which revision of each page is the current one, by the stubs of current revisions, read in lockstep with the others. */
import { DumpEvents } from "./dump-events.ts";

export class CurrentRevisions {
  readonly #ids: AsyncGenerator<{ readonly pageId: number; readonly revisionId: number | undefined }, void, undefined>;
  #pageId = 0;
  #revisionId: number | undefined;

  /** Reads files of `stub-meta-current`, in the order of their pages. */
  constructor(files: readonly string[], signal: AbortSignal) {
    this.#ids = readIds(files, signal);
  }

  /** The id of the page's current revision; undefined if the stubs do not say. Page ids must rise. */
  async of(pageId: number): Promise<number | undefined> {
    while (this.#pageId < pageId) {
      const next = await this.#ids.next();
      this.#pageId = next.done === true ? Infinity : next.value.pageId;
      this.#revisionId = next.done === true ? undefined : next.value.revisionId;
    }
    return this.#pageId === pageId ? this.#revisionId : undefined;
  }

  async close(): Promise<void> {
    await this.#ids.return();
  }
}

async function* readIds(files: readonly string[], signal: AbortSignal) {
  for (const path of files) {
    let pageId = 0;
    let revisionId: number | undefined;
    for await (const event of new DumpEvents(path, { signal }).read()) {
      if (event.type === "page") {
        pageId = event.page.id;
        revisionId = undefined;
      } else if (event.type === "revision") revisionId = event.revision.id;
      else if (event.type === "page-end") yield { pageId, revisionId };
    }
  }
}
