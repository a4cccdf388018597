/** The dump splitter as a stream: bytes of XML in, parts of a dump out. */
import { type DumpPart, DumpSplitter, type DumpSplitterOptions } from "../xml/dump-splitter.ts";

/**
 * Cuts the XML of a dump into parts; see `DumpSplitter` for what they are. The stream fails with the splitter's DumpFormatError,
 * after all parts before the trouble were delivered.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PageSplitterStream } from "wikidump";
 *
 * const xml = "<mediawiki><page><id>7</id></page></mediawiki>";
 * const types: string[] = [];
 * for await (const part of new Blob([xml]).stream().pipeThrough(new PageSplitterStream())) types.push(part.type);
 * assert.deepEqual(types, ["header", "page", "page-end", "footer"]);
 * ```
 */
export class PageSplitterStream extends TransformStream<Uint8Array, DumpPart> {
  constructor(options: DumpSplitterOptions = {}) {
    const splitter = new DumpSplitter(options);
    super({
      transform(chunk: Uint8Array, controller: TransformStreamDefaultController<DumpPart>): void {
        for (const part of splitter.push(chunk)) controller.enqueue(part);
      },
      flush(controller: TransformStreamDefaultController<DumpPart>): void {
        for (const part of splitter.finish()) controller.enqueue(part);
      },
    });
  }
}
