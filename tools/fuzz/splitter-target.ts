/** The dump splitter and the reader above it under fuzz: nothing lost, the same in any chunks, no error but `DumpFormatError`. */
import { concatBytes, equalBytes } from "../../lib/bits/bytes.ts";
import { DumpReader } from "../../lib/dump/reading/dump-reader.ts";
import type { Revision } from "../../lib/dump/reading/model.ts";
import { DumpFormatError } from "../../lib/errors.ts";
import { type DumpPart, DumpSplitter } from "../../lib/xml/dump-splitter.ts";
import type { Dice } from "./dice.ts";
import { cutAtRandom, mutateBytes } from "./mutate.ts";
import type { CheckResult, Seed, Target } from "./target.ts";

const TOKENS =
  `<mediawiki> </mediawiki> <mediawiki/> <siteinfo> </siteinfo> <page> </page> <page/> <revision> </revision> <revision/> <id> </id>
<title> </title> <text> </text> <text/> <upload> </upload> <logitem> </logitem> <!-- --> <![CDATA[ ]]> <? ?> <!DOCTYPE < > / & &amp; &#0;
&#x110000; &lt; " ' = x="<" x='>' xml:space="preserve" <id>99999999999999999999</id> <id>-1</id> <timestamp>x</timestamp> <minor/>`
    .split(/\s+/);
const ODD = [new Uint8Array([0xef, 0xbb, 0xbf]), new Uint8Array([0]), new Uint8Array([0xff]), new Uint8Array([13, 10])];

export const splitterTarget: Target = { suffix: "dump", damage, check };

function damage(seeds: readonly Seed[], dice: Dice): Uint8Array {
  let { bytes } = dice.pick(seeds);
  for (let times = 1 + dice.below(3); times > 0; times--) {
    const other = dice.pick(seeds).bytes;
    bytes = dice.below(2) === 0
      ? mutateBytes(bytes, other, dice, (byteLength) => dice.below(byteLength + 1))
      : mutateTokens(bytes, dice);
  }
  return bytes;
}

/** Puts in, takes out or exchanges pieces of markup. */
function mutateTokens(bytes: Uint8Array, dice: Dice): Uint8Array {
  const start = markupAt(bytes, dice.below(bytes.length + 1));
  const afterTag = bytes.indexOf(0x3e, start) + 1;
  const end = afterTag === 0 ? bytes.length : afterTag;
  const token = dice.below(12) === 0 ? dice.pick(ODD) : new TextEncoder().encode(dice.pick(TOKENS));
  const [head, tag, tail] = [bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)];
  switch (dice.below(4)) {
    case 0:
      return concatBytes([head, token, tag, tail]);
    case 1:
      return concatBytes([head, token, tail]);
    case 2:
      return concatBytes([head, tail]);
    default:
      return concatBytes([head, tag, tag, tail]);
  }
}

function markupAt(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(0x3c, from);
  return at < 0 ? bytes.length : at;
}

interface Taken {
  /** Types and lengths of the parts, pieces of one element put together. */
  readonly parts: string;
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

function check(bytes: Uint8Array, dice: Dice): CheckResult {
  const isFragment = dice.below(8) === 0;
  const split = (chunks: readonly Uint8Array[]): Taken => {
    const splitter = new DumpSplitter({ isFragment });
    return take(chunks, splitter, (part: DumpPart) => [part.type, !("isEnd" in part) || part.isEnd]);
  };
  const whole = split([bytes]);
  const outcome = whole.error instanceof DumpFormatError ? whole.error.code : "good";
  const cut = split(cutAtRandom(bytes, dice));
  const read = take(cutAtRandom(bytes, dice), new DumpReader({ isFragment }), (event) => {
    if (event.type === "revision") touch(event.revision);
    return [event.type, true];
  });
  return { outcome, problem: problemOf(whole, bytes) ?? difference(whole, cut) ?? problemOf(read, bytes) };
}

/** Everything that comes out, in parts or events, and how it ended. */
function take<T extends { readonly bytes: Uint8Array }>(
  chunks: readonly Uint8Array[],
  taker: { push(chunk: Uint8Array): Iterable<T>; finish(): Iterable<T> },
  look: (part: T) => [type: string, isEnd: boolean],
): Taken {
  const parts: string[] = [];
  const pieces: Uint8Array[] = [];
  let byteLength = 0;
  const add = (part: T): void => {
    const [type, isEnd] = look(part);
    // Only a copy lasts: the chunk is overwritten after its turn.
    pieces.push(part.bytes.slice());
    byteLength += part.bytes.length;
    if (isEnd) {
      parts.push(`${type} ${byteLength}`);
      byteLength = 0;
    }
  };
  let error: unknown;
  try {
    for (const chunk of chunks) {
      const own = chunk.slice();
      for (const part of taker.push(own)) add(part);
      own.fill(0x3c);
    }
    for (const part of taker.finish()) add(part);
  } catch (thrown) {
    error = thrown;
  }
  return { parts: parts.join(", "), bytes: concatBytes(pieces), error };
}

/** Every field of a revision: only what the documents say may be thrown. */
function touch(revision: Revision): void {
  const fields = revision as unknown as Record<string, unknown>;
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(revision));
  for (const name of names) {
    try {
      const value = fields[name];
      if (name === "text" && typeof value === "function") value.call(revision);
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
    }
  }
}

function problemOf({ bytes: out, error }: Taken, bytes: Uint8Array): string | undefined {
  if (error === undefined) return equalBytes(out, bytes) ? undefined : "the parts are not the input";
  if (!(error instanceof DumpFormatError)) {
    return `another error: ${error instanceof Error ? error.stack : String(error)}`;
  }
  if (!equalBytes(out, bytes.subarray(0, out.length))) {
    return "the parts before an error are not the start of the input";
  }
  if (error.byteOffset < 0 || error.byteOffset > bytes.length) return `place ${error.byteOffset} is not in the input`;
  return undefined;
}

function difference(whole: Taken, cut: Taken): string | undefined {
  const [one, other] = [whole.error, cut.error] as (DumpFormatError | undefined)[];
  const [oneText, otherText] = [one, other].map((error) =>
    error === undefined ? "no error" : `${error.code} at ${error.byteOffset}, page ${error.pageId}`
  );
  if (oneText !== otherText) return `whole: ${oneText}; in chunks: ${otherText}`;
  if (whole.parts !== cut.parts) return `whole: ${whole.parts}; in chunks: ${cut.parts}`;
  return undefined;
}
