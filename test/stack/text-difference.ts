/** Says in one line how two values differ. */

const CONTEXT = 30;
const SHORT = 80;

/** In words: absent, the two values, or for long ones the first place where they differ. */
export function describeTexts(left: string | undefined, right: string | undefined): string {
  if (left === undefined) return `absent left, right ${quote(right ?? "")}`;
  if (right === undefined) return `left ${quote(left)}, absent right`;
  if (left.length <= SHORT && right.length <= SHORT) return `${JSON.stringify(left)} / ${JSON.stringify(right)}`;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  // Never between the halves of a character.
  if (at > 0 && /[\uD800-\uDBFF]/.test(left[at - 1]!)) at--;
  const byteLength = (text: string) => new TextEncoder().encode(text).byteLength;
  return `${byteLength(left)} / ${byteLength(right)} bytes, differ from byte ${byteLength(left.slice(0, at))}: ` +
    `${around(left, at)} / ${around(right, at)}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);
}

function around(text: string, at: number): string {
  const [from, to] = [Math.max(0, at - CONTEXT), Math.min(text.length, at + CONTEXT)];
  return JSON.stringify(`${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`);
}
