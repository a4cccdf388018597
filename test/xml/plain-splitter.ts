/**
 * The splitter's plain twin: the same cutting done slowly, on a whole document, with one regular expression for all markup.
 *
 * It takes well-formed dumps only. The fast splitter must give the same parts for the same input.
 */

/** A part and where it lies; pieces of one element are one part. */
export interface PlainPart {
  readonly type: string;
  readonly text: string;
}

const MARKUP =
  /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<(\/?)([^\s<>\/!?]+)((?:[^<>"']|"[^<"]*"|'[^<']*')*?)(\/?)>/g;

interface Tag {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly kind: "start" | "end" | "empty";
}

/** The parts of a document, as text of one character per byte. */
export function splitPlainly(xml: string): PlainPart[] {
  const parts: PlainPart[] = [];
  const open: string[] = [];
  let from = 0;
  let settled = 0;
  let isHeaderDone = true;
  const cut = (type: string, end: number): void => {
    parts.push({ type, text: xml.slice(from, end) });
    from = end;
  };
  const afterLineEnd = (end: number): number => end + /^\r?\n?/.exec(xml.slice(end, end + 2))![0].length;
  for (const tag of tagsOf(xml)) {
    const depth = open.length;
    const end = afterLineEnd(tag.end);
    const isChildOfRoot = depth === 1 && tag.kind !== "end";
    if (!isHeaderDone && (isChildOfRoot && tag.name !== "siteinfo" || depth === 1 && tag.kind === "end")) {
      cut("header", settled);
      isHeaderDone = true;
    }
    if (
      tag.kind !== "end" && depth === 2 && open[1] === "page" && /^(revision|upload)$/.test(tag.name) &&
      !isInBody(parts)
    ) {
      cut("page", settled);
    }
    if (tag.kind === "start") open.push(tag.name);
    if (tag.kind === "end") open.pop();
    const closed = tag.kind === "start" ? Infinity : open.length;
    if (depth === 0 && tag.name === "mediawiki") {
      if (from < settled) cut("footer", settled);
      isHeaderDone = false;
      settled = end;
    } else if (closed === 1) {
      if (tag.name === "siteinfo" && !isHeaderDone) {
        cut("header", end);
        isHeaderDone = true;
      } else if (tag.name === "page") {
        if (!isInBody(parts)) cut("page", tag.kind === "empty" ? tag.end : settled);
        cut("page-end", end);
      } else cut("other", end);
    } else if (closed === 2 && open[1] === "page") {
      if (isInBody(parts)) cut(tag.name === "revision" ? "revision" : "other", end);
      settled = end;
    } else if (closed === 0) settled = end;
    else if (depth === 1 && tag.name === "page") settled = end;
  }
  cut("footer", xml.length);
  return parts;
}

/** Whether the last part belongs to a page whose head was cut already. */
function isInBody(parts: readonly PlainPart[]): boolean {
  for (let i = parts.length - 1; i >= 0; i--) {
    const { type } = parts[i]!;
    if (type === "page") return true;
    if (type === "page-end" || type === "header" || type === "footer") return false;
  }
  return false;
}

function* tagsOf(xml: string): Generator<Tag> {
  for (const match of xml.matchAll(MARKUP)) {
    const name = match[2];
    if (name === undefined) continue;
    const kind = match[1] === "/" ? "end" : match[4] === "/" ? "empty" : "start";
    yield { start: match.index, end: match.index + match[0].length, name, kind };
  }
}
