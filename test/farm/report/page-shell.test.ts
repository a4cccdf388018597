import assert from "node:assert/strict";
import test from "node:test";
import { COLOURS } from "../../../lib/farm/report/page-shell.ts";

/** Relative luminance as WCAG defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

test("the contrast of black and white is what the standard says", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
});

for (const [scheme, colours] of Object.entries(COLOURS)) {
  test(`every text colour of the ${scheme} scheme has a contrast of at least 4.5 on every ground`, () => {
    for (const text of ["text", "soft", "link", "good", "busy", "bad", "warn"]) {
      for (const ground of ["ground", "panel"]) {
        const ratio = contrast(colours[text]!, colours[ground]!);
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });
}
