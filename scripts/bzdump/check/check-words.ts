/** What a deep check found, in words. */
import type { DumpCheck, DumpLoss, DumpPlace, DumpProblem, PageEnd } from "../../../lib/dump/check/check-report.ts";

/** A good dump, in one line. */
export function describeCheck(check: DumpCheck): string {
  return `good ${check.format} dump: ${describeContent(check)}`;
}

/** A dump that is not good, in one line: how it is, and how much of it is good. */
export function describeTrouble(check: DumpCheck): string {
  const errors = `${number(check.errors, "error")}${check.isStopped ? ", and not read further" : ""}`;
  return `${check.verdict}: ${errors}; ${describeEnd(check.lastGoodPage)}. Read: ${describeContent(check)}`;
}

function describeContent(check: DumpCheck): string {
  const { pages, revisions, textsChecked, textsAbsent, firstPageId, lastPageId, blocks, streams } = check;
  const ids = firstPageId === undefined ? "" : ` (${firstPageId} to ${lastPageId ?? firstPageId})`;
  const texts = textsChecked === 0 && textsAbsent > 0
    ? `no texts (stubs)`
    : `${number(textsChecked, "text")} compared${textsAbsent > 0 ? `, ${textsAbsent} absent` : ""}`;
  const packing = check.format === "bzip2" ? [`${number(streams, "stream")}, ${number(blocks, "block")}`] : [];
  const bytes = check.format === "xml"
    ? number(check.bytesOut, "byte")
    : `${check.bytesIn} bytes hold ${check.bytesOut}`;
  return [`${number(pages, "page")}${ids}`, number(revisions, "revision"), texts, ...packing, bytes].join(", ");
}

function describeEnd(page: PageEnd | undefined): string {
  if (page === undefined) return "no page before the first error";
  const { pageId, endByteOffset, blockIndex, bitOffset } = page;
  const block = blockIndex === undefined ? "" : `, in block ${blockIndex} at bit ${bitOffset}`;
  return `the last page before the first error is ${pageId}, which ends at byte ${endByteOffset} of the XML${block}`;
}

/** One problem, in one line. */
export function describeProblem(problem: DumpProblem): string {
  const { severity, code, message, place, loss } = problem;
  const note = severity === "notice" ? "notice: " : "";
  const lost = loss === undefined ? "" : `; ${describeLoss(loss)}`;
  return `${note}${code}: ${message} (${describePlace(place)})${lost}`;
}

function describePlace(place: DumpPlace): string {
  const { pageId, revisionId, byteOffset, line, blockIndex, bitOffset } = place;
  const parts = [
    pageId === undefined ? "" : `page ${pageId}`,
    revisionId === undefined ? "" : `revision ${revisionId}`,
    `byte ${byteOffset} of the XML`,
    line === undefined ? "" : `line ${line}`,
    blockIndex === undefined ? "" : `block ${blockIndex}`,
    bitOffset === undefined ? "" : `bit ${bitOffset}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function describeLoss({ compressedBytes, skippedBytes, afterPageId, cutPageId, nextPageId }: DumpLoss): string {
  const bytes = [
    compressedBytes > 0 ? `${number(compressedBytes, "compressed byte")} lost` : "",
    skippedBytes > 0 ? `${number(skippedBytes, "byte")} of XML passed over` : "",
  ];
  const pages = [
    afterPageId === undefined ? "no page is whole before it" : `page ${afterPageId} is whole before it`,
    cutPageId === undefined ? "" : `page ${cutPageId} is cut`,
    nextPageId === undefined ? "no page follows" : `page ${nextPageId} is the next`,
  ];
  return [...bytes, ...pages].filter((part) => part !== "").join(", ");
}

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
