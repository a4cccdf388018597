import assert from "node:assert/strict";
import { test } from "node:test";
import { interpolate, InterpolationFault } from "../../../lib/farm/config/interpolation.ts";

function lookupIn(values: Readonly<Record<string, string>>): (key: string) => string | undefined {
  return (key) => values[key];
}

test("references are replaced, also references within what they stand for, whatever the letter case", () => {
  const lookup = lookupIn({ root: "/srv", dumps: "%(Root)s/dumps" });
  assert.equal(interpolate("%(dumps)s/public at 50%%", lookup), "/srv/dumps/public at 50%");
});

test("a doubled percent sign in front of a bracket is no reference", () => {
  assert.equal(interpolate("%%(x)s", lookupIn({})), "%(x)s");
});

test("a percent sign that stands alone is refused", () => {
  for (const raw of ["50%", "%d", "%(x", "%()s", "%(x)d", "%%%"]) {
    assert.throws(() => interpolate(raw, lookupIn({ x: "1" })), InterpolationFault, raw);
  }
});

test("a reference to nothing is refused and named", () => {
  assert.throws(() => interpolate("%(Nope)s", lookupIn({})), {
    name: "InterpolationFault",
    message: /%\(Nope\)s refers/,
  });
});

test("keys that refer to each other end in a fault, not in an endless loop", () => {
  const lookup = lookupIn({ a: "%(b)s", b: "%(a)s" });
  assert.throws(() => interpolate("%(a)s", lookup), { name: "InterpolationFault", message: /more than 10 deep/ });
});

test("a replacement with a dollar sign is taken as it is", () => {
  assert.equal(interpolate("a%(x)sb", lookupIn({ x: "$&$1" })), "a$&$1b");
});
