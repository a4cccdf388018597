/**
 * The old tools that this program can stand in for.
 */
import type { Ancestor } from "./ancestor.ts";
import { APPENDBZ2 } from "./appendbz2.ts";
import { CHECK_BZ2_PAGERANGE } from "./check-bz2-pagerange.ts";
import { CHECKFORBZ2FOOTER } from "./checkforbz2footer.ts";
import { DUMPBZ2FILEFROMOFFSET } from "./dumpbz2filefromoffset.ts";
import { DUMPLASTBZ2BLOCK } from "./dumplastbz2block.ts";
import { FINDPAGEIDINBZ2XML } from "./findpageidinbz2xml.ts";
import { GETLASTIDINBZ2XML } from "./getlastidinbz2xml.ts";
import { MUNGE_CRC_INFO } from "./munge-crc-info.ts";
import { RECOMPRESSXML } from "./recompressxml.ts";
import { REVSPERPAGE } from "./revsperpage.ts";
import { SHOW_BYTE_ALIGNED_CRCS } from "./show-byte-aligned-crcs.ts";
import { SHOWCRCS } from "./showcrcs.ts";
import { SPLIT_BZ2 } from "./split-bz2.ts";
import { WRITEUPTOPAGEID } from "./writeuptopageid.ts";

const ANCESTORS: readonly Ancestor[] = [
  APPENDBZ2,
  CHECK_BZ2_PAGERANGE,
  CHECKFORBZ2FOOTER,
  DUMPBZ2FILEFROMOFFSET,
  DUMPLASTBZ2BLOCK,
  FINDPAGEIDINBZ2XML,
  GETLASTIDINBZ2XML,
  MUNGE_CRC_INFO,
  RECOMPRESSXML,
  REVSPERPAGE,
  SHOW_BYTE_ALIGNED_CRCS,
  SHOWCRCS,
  SPLIT_BZ2,
  WRITEUPTOPAGEID,
];

/** The old tool of this name; the old Python scripts are found with and without ".py". */
export function findAncestor(name: string): Ancestor | undefined {
  const plain = name.replace(/\.py$/, "");
  return ANCESTORS.find((one) => one.name === plain);
}
