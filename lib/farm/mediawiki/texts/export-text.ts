/**
 * A text as MediaWiki exports it: without carriage returns, composed (NFC), with what XML cannot hold replaced, escaped.
 *
 * MediaWiki does that when a page is saved, so that nearly all texts are so already; those of old times and of scripts may not be.
 * Differs from `encodeEntities` alone only for those. Two passes: one that looks, one that writes.
 */
import { encodeEntities } from "../../../xml/entities.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const AMP = encoder.encode("&amp;");
const QUOT = encoder.encode("&quot;");
const LT = encoder.encode("&lt;");
const GT = encoder.encode("&gt;");

/** The bytes that stand between the tags. May be the same array. */
export function exportText(text: Uint8Array): Uint8Array {
  let extra = 0;
  let isAscii = true;
  let isOrdinary = true;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]!;
    if (byte > 0x3e) {
      if (byte > 0x7e) isAscii = false;
    } else if (byte < 0x20) {
      if (byte !== 0x0a && byte !== 0x09) isOrdinary = false;
    } else if (byte === 0x26) extra += 4;
    else if (byte === 0x22) extra += 5;
    else if (byte === 0x3c || byte === 0x3e) extra += 3;
  }
  if (!isOrdinary || !isAscii) {
    const composed = compose(text, isOrdinary);
    if (composed !== text || !isOrdinary) return encodeEntities(composed);
  }
  return extra === 0 ? text : escapeInto(text, new Uint8Array(text.length + extra));
}

function escapeInto(text: Uint8Array, target: Uint8Array): Uint8Array {
  let to = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]!;
    if (byte > 0x3e || (byte !== 0x26 && byte !== 0x22 && byte !== 0x3c && byte !== 0x3e)) {
      target[to++] = byte;
      continue;
    }
    const escape = byte === 0x26 ? AMP : byte === 0x22 ? QUOT : byte === 0x3c ? LT : GT;
    for (let i = 0; i < escape.length; i++) target[to++] = escape[i]!;
  }
  return target;
}

/** Valid, composed UTF-8 without returns; the same array if it is so already. */
function compose(text: Uint8Array, isOrdinary: boolean): Uint8Array {
  const decoded = decoder.decode(text);
  const kept = isOrdinary ? decoded : decoded.replaceAll("\r", "");
  const composed = kept.normalize("NFC");
  if (composed === decoded && !/[\uFFFD-\uFFFF]/.test(decoded)) return text;
  return encoder.encode(composed);
}
