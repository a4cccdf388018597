/** How a dump ends: for documents that are complete before the end of theirs was read. */
import type { Bytes } from "../bzip2/format.ts";

/** The end tag of a dump, as MediaWiki writes it. */
export const DUMP_END: Bytes = new TextEncoder().encode("</mediawiki>\n");
