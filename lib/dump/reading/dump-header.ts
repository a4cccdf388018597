/** The header of a compressed dump: what stands before its first page. */
import type { Bytes } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";
import { DumpSplitter } from "../../xml/dump-splitter.ts";
import type { BlockAccess, BlockPosition } from "../blocks/block-access.ts";

/** A header, and the block in which the dump begins. */
export interface DumpHeader {
  readonly header: Bytes;
  readonly firstBlock: BlockPosition;
}

/** Reads the header. Throws DumpFormatError NO_MEDIAWIKI where the text is no dump, and Bzip2Error. */
export async function readDumpHeader(access: BlockAccess): Promise<DumpHeader> {
  const firstBlock = await access.first();
  const splitter = new DumpSplitter();
  if (firstBlock !== undefined) {
    for await (const { bytes } of access.blocksFrom(firstBlock)) {
      for (const part of splitter.push(bytes)) {
        if (part.type === "header") return { header: part.bytes as Bytes, firstBlock };
      }
    }
    for (const part of splitter.finish()) {
      if (part.type === "header") return { header: part.bytes as Bytes, firstBlock };
    }
  }
  throw new DumpFormatError("NO_MEDIAWIKI", "The dump has no <mediawiki> element", { byteOffset: 0 }, {
    remedy: "Give the XML of a MediaWiki dump or export",
  });
}
