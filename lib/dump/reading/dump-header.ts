/** The header of a compressed dump: what stands before its first page. */
import type { Bytes } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";
import { DumpSplitter } from "../../xml/dump-splitter.ts";
import type { BlockAccess } from "../blocks/block-access.ts";

/** Reads the header. Throws DumpFormatError NO_MEDIAWIKI where the text is no dump, and Bzip2Error. */
export async function readDumpHeader(access: BlockAccess): Promise<Bytes> {
  const first = await access.first();
  const splitter = new DumpSplitter();
  if (first !== undefined) {
    for await (const { bytes } of access.blocksFrom(first)) {
      for (const part of splitter.push(bytes)) if (part.type === "header") return part.bytes as Bytes;
    }
    for (const part of splitter.finish()) if (part.type === "header") return part.bytes as Bytes;
  }
  throw new DumpFormatError("NO_MEDIAWIKI", "The dump has no <mediawiki> element", { byteOffset: 0 });
}
