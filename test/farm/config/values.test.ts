import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KeySpec, Value, ValueType } from "../../../lib/farm/config/key-spec.ts";
import { readValue } from "../../../lib/farm/config/values.ts";

function read(type: ValueType, text: string, more: Partial<KeySpec> = {}): Value {
  const spec: KeySpec = { type, default: "", level: "normal", text: "", ...more };
  return readValue(text, spec, (path) => (path.startsWith("/") ? path : `/conf/${path}`));
}

const GOOD: readonly (readonly [ValueType, string, Value])[] = [
  ["text", "a # b", "a # b"],
  ["mail", "root@x", "root@x"],
  ["mail", "NoMail", ""],
  ["server", "", ""],
  ["server", "localhost", "localhost"],
  ["server", "mail.example:587", "mail.example:587"],
  ["server", "[::1]:25", "[::1]:25"],
  ["path", "/a/b", "/a/b"],
  ["path", "b", "/conf/b"],
  ["path", "", ""],
  ["paths", "/a, b,\n c ,", ["/a", "/conf/b", "/conf/c"]],
  ["paths", "", []],
  ["command", "7za", "7za"],
  ["command", "bin/7za", "/conf/bin/7za"],
  ["command", "", ""],
  ["filename", "a.html", "a.html"],
  ["integer", "0", 0],
  ["integer", "+1_000", 1000],
  ["bytes", "35000000000", 35000000000],
  ["bytes", "35G", 35 * 2 ** 30],
  ["bytes", "2 k", 2048],
  ["seconds", "3600", 3600],
  ["seconds", "1h", 3600],
  ["seconds", "2D", 172800],
  ["seconds", "45 s", 45],
  ["boolean", "", false],
  ["boolean", "0", false],
  ["boolean", "00", false],
  ["boolean", "720", true],
  ["boolean", "Yes", true],
  ["boolean", "OFF", false],
  ["mode", "0640", 0o640],
  ["mode", "0o644", 0o644],
  ["mode", "0O2755", 0o2755],
  ["integers", "70, 90", [70, 90]],
  ["integers", "0", []],
  ["integers", "", []],
  ["integers", "0,5", [0, 5]],
  ["list", "a,b\n c,,", ["a", "b", "c"]],
  ["counts", "xmlstubsdump=4, b = 2", { xmlstubsdump: 4, b: 2 }],
  ["counts", "", {}],
];

const BAD: readonly (readonly [ValueType, string])[] = [
  ["server", "mail.example:smtp"],
  ["server", "mail.example:0"],
  ["server", "mail.example:70000"],
  ["server", "a b"],
  ["server", "smtp://mail.example"],
  ["integer", ""],
  ["integer", "-1"],
  ["integer", "1.5"],
  ["integer", "3 runs"],
  ["integer", "99999999999999999999"],
  ["bytes", "10 apples"],
  ["bytes", "5x"],
  ["seconds", "1w"],
  ["seconds", "soon"],
  ["boolean", "maybe"],
  ["mode", "640"],
  ["mode", "0648"],
  ["mode", "0x1ff"],
  ["mode", "017777"],
  ["mode", ""],
  ["integers", "1,a"],
  ["counts", "a"],
  ["counts", "a=b"],
  ["filename", "a/b"],
  ["filename", ".."],
  ["text", "one\ntwo"],
  ["path", "/a\nkeep=3"],
];

describe("values", () => {
  for (const [type, text, value] of GOOD) {
    test(`${type} reads ${JSON.stringify(text)}`, () => assert.deepEqual(read(type, text), value));
  }

  for (const [type, text] of BAD) {
    test(`${type} refuses ${JSON.stringify(text)} and says what to write`, () => {
      assert.throws(() => read(type, text), (error: Error & { remedy?: string }) => {
        assert.equal(error.name, "ValueFault");
        assert.notEqual(error.remedy ?? "", "");
        return true;
      });
    });
  }

  test("choice takes its words in any letter case and suggests the nearest", () => {
    const choices = ["fail", "report"];
    assert.equal(read("choice", "Report", { choices }), "report");
    assert.throws(() => read("choice", "reprot", { choices }), {
      message: "is not one of fail, report",
      remedy: "Did you mean report?",
    });
  });

  test("a path that has a default cannot be made empty, so that nothing is written to the root", () => {
    assert.throws(() => read("path", "", { default: "/dumps/public" }), { message: "is empty" });
    assert.throws(() => read("filename", "", { default: "index.html" }), { message: "is empty" });
  });

  test("lists cannot be changed afterwards", () => {
    for (const value of [read("list", "a"), read("paths", "a"), read("integers", "1"), read("counts", "a=1")]) {
      assert.ok(Object.isFrozen(value));
    }
  });
});
