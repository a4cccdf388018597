/**
 * The old tools that this program can stand in for. One is loaded when it is wanted.
 */
import type { Ancestor } from "./ancestor.ts";

const ANCESTORS: Readonly<Record<string, () => Promise<Ancestor>>> = {
  appendbz2: async () => (await import("./appendbz2.ts")).APPENDBZ2,
  check_bz2_pagerange: async () => (await import("./check-bz2-pagerange.ts")).CHECK_BZ2_PAGERANGE,
  checkforbz2footer: async () => (await import("./checkforbz2footer.ts")).CHECKFORBZ2FOOTER,
  dumpbz2filefromoffset: async () => (await import("./dumpbz2filefromoffset.ts")).DUMPBZ2FILEFROMOFFSET,
  dumplastbz2block: async () => (await import("./dumplastbz2block.ts")).DUMPLASTBZ2BLOCK,
  findpageidinbz2xml: async () => (await import("./findpageidinbz2xml.ts")).FINDPAGEIDINBZ2XML,
  getlastidinbz2xml: async () => (await import("./getlastidinbz2xml.ts")).GETLASTIDINBZ2XML,
  munge_crc_info: async () => (await import("./munge-crc-info.ts")).MUNGE_CRC_INFO,
  recompressxml: async () => (await import("./recompressxml.ts")).RECOMPRESSXML,
  revsperpage: async () => (await import("./revsperpage.ts")).REVSPERPAGE,
  show_byte_aligned_crcs: async () => (await import("./show-byte-aligned-crcs.ts")).SHOW_BYTE_ALIGNED_CRCS,
  showcrcs: async () => (await import("./showcrcs.ts")).SHOWCRCS,
  split_bz2: async () => (await import("./split-bz2.ts")).SPLIT_BZ2,
  writeuptopageid: async () => (await import("./writeuptopageid.ts")).WRITEUPTOPAGEID,
};

/** The names of all of them. */
export const ANCESTOR_NAMES: readonly string[] = Object.keys(ANCESTORS);

/** The old tool of this name; the old Python scripts are found with and without ".py". */
export async function loadAncestor(name: string): Promise<Ancestor | undefined> {
  const plain = name.replace(/\.py$/, "");
  return Object.hasOwn(ANCESTORS, plain) ? await ANCESTORS[plain]!() : undefined;
}
