import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { parseConfigText } from "../../../lib/farm/config/config-text.ts";
import { interpolate, InterpolationFault } from "../../../lib/farm/config/interpolation.ts";
import { Layers } from "../../../lib/farm/config/layers.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { PythonConfigParser, type PythonReading } from "../../support/python-configparser.ts";

/** Keys of a section as plain values, for comparing. */
function valuesOf(text: string, section: string): Record<string, string> {
  const { sections, problems } = parseConfigText(text, "x.conf");
  assert.deepEqual(problems, []);
  return Object.fromEntries([...(sections.get(section) ?? [])].map(([key, { value }]) => [key, value]));
}

function faultsOf(text: string): readonly string[] {
  return parseConfigText(text, "x.conf").problems.map(({ line, message }) => `${line}: ${message}`);
}

describe("dialect", () => {
  test("comment characters inside a value belong to it", () => {
    assert.deepEqual(valuesOf("[a]\npassword=abc#def;ghi\ntrail = value ; comment\n", "a"), {
      password: "abc#def;ghi",
      trail: "value ; comment",
    });
  });

  test("lines that start with # or ; are comments, also between the lines of one value", () => {
    assert.deepEqual(valuesOf("# x\n[a]\n ; y=1\nlist = one,\n# two,\n  three\n", "a"), { list: "one,\nthree" });
  });

  test("a colon separates key and value as well as an equals sign, whichever comes first", () => {
    assert.deepEqual(valuesOf("[a]\ndblist: /etc/all.dblist\nurl = http://x/\nodd : a=b\n", "a"), {
      dblist: "/etc/all.dblist",
      url: "http://x/",
      odd: "a=b",
    });
  });

  test("keys are lower-cased, sections are not", () => {
    const { sections } = parseConfigText("[Wiki]\nDir=/srv\nchunksEnabled=1\n", "x.conf");
    assert.deepEqual([...sections.keys()], ["Wiki"]);
    assert.deepEqual([...(sections.get("Wiki") ?? new Map()).keys()], ["dir", "chunksenabled"]);
  });

  test("an indented line goes on with the value above, blank lines in between count", () => {
    assert.deepEqual(valuesOf("[a]\nx = 1\n  2\n\n\t3\n\ny=4\n", "a"), { x: "1\n2\n\n3", y: "4" });
  });

  test("keys that are all indented alike are keys of their own", () => {
    assert.deepEqual(valuesOf("[a]\n  x=1\n  y=2\n z=3\n", "a"), { x: "1", y: "2", z: "3" });
  });

  test("quotes, brackets, backslashes and words of JavaScript stay what they are", () => {
    const text = "[a]\nq=\"hello\"\ns='x'\nflag = true\nnone=null\nlist[]=1\nlist[]=2\nw=C:\\dumps\\;x\\n\nb=[x]\n";
    assert.deepEqual(valuesOf(text, "a"), {
      q: '"hello"',
      s: "'x'",
      flag: "true",
      none: "null",
      "list[]": "2",
      w: "C:\\dumps\\;x\\n",
      b: "[x]",
    });
  });

  test("names that mean something to JavaScript or to ini are names like others", () => {
    const { sections } = parseConfigText(
      "[__proto__]\n__proto__=1\nconstructor=2\n[zh.min.nan]\na.b=3\n[zh]\nx=4\n",
      "x.conf",
    );
    assert.deepEqual([...sections.keys()].sort(), ["__proto__", "zh", "zh.min.nan"]);
    assert.equal(sections.get("__proto__")?.get("__proto__")?.value, "1");
    assert.equal(sections.get("zh.min.nan")?.get("a.b")?.value, "3");
  });

  test("a repeated section goes on, of a repeated key the last counts and gives the line", () => {
    const { sections } = parseConfigText("[a]\nx=1\ny=2\n[b]\n[a]\nX=3\n", "x.conf");
    assert.deepEqual(sections.get("a")?.get("x"), { value: "3", file: "x.conf", line: 6 });
    assert.deepEqual(sections.get("a")?.get("y"), { value: "2", file: "x.conf", line: 3 });
  });

  test("a byte order mark, Windows and old Mac line ends are fine, and lines are counted right", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const { sections, problems } = parseConfigText(["\uFEFF[a]", "x=1", "", "y=2", ""].join(end), "x.conf");
      assert.deepEqual(problems, []);
      assert.deepEqual(sections.get("a")?.get("y"), { value: "2", file: "x.conf", line: 4 });
    }
  });

  test("Unicode line separators inside a value do not lose it", () => {
    assert.deepEqual(valuesOf("[a]\nx=1\u20282\u20293\u00854\n", "a"), { x: "1\u20282\u20293\u00854" });
  });

  test("lines that make no sense are all reported, with their numbers, and do not show what follows their first word", () => {
    assert.deepEqual(faultsOf("x=1\n[a]\npassword hunter2\n=3\nok=1\n[b] ; see [c]\n"), [
      '1: Line "x…" stands before the first section',
      '3: Line "password…" has no "=" between key and value',
      '4: Line "…" has no key before its "="',
      '6: Section line "[b] ; see [c]" has more than one closing bracket',
    ]);
  });

  test("an empty file has no sections and no faults", () => {
    for (const text of ["", "\n", "# nothing\n", "\uFEFF"]) {
      const { sections, problems } = parseConfigText(text, "x.conf");
      assert.equal(sections.size, 0);
      assert.deepEqual(problems, []);
    }
  });
});

describe("dialect against Python's configparser", { skip: skipWithoutCommand("python3") }, () => {
  let python: PythonConfigParser;
  before(() => {
    python = new PythonConfigParser();
  });
  after(() => python.close());

  async function compare(...texts: readonly string[]): Promise<void> {
    const expected = await python.read(...texts);
    const actual = readAll(texts);
    if (expected.errorLines === undefined) return assert.deepEqual(actual, expected);
    // Python stops at the first line before a section, and after the first bad file.
    const lines = new Set(actual.errorLines);
    assert.deepEqual(expected.errorLines.filter((line) => !lines.has(line)), []);
  }

  const TABLE: readonly (readonly string[])[] = [
    ["[a]\npassword=abc#def;ghi\n"],
    ["[a]\ntrail = value ; comment\n"],
    ["[a]\ndblist: /etc/all.dblist\n"],
    ["[a]\nDir=/srv\n"],
    ["[a]\nx=1\n  2\n\n  3\n# c\n  4\n\n\ny=5\n"],
    ["[a]\nx=\n  1\n"],
    ['[a]\nquoted="hello"\n'],
    ["[a]\nflag = true\n"],
    ["[a]\np=50%%\nhome=/srv\nd=%(home)s/%(HOME)s\n"],
    ["[a]\np=50%\nq=%(no)s\nr=%(x\ns=%d\nt=%%%(u)s%%\nu=1\n"],
    ["[a]\nx=%(y)s\ny=%(x)s\n"],
    ["[zh.min.nan]\nx=1\n[zh]\ny=2\n"],
    ["[DEFAULT]\nx=1\ny=%(z)s\n[a]\nz=2\n[b]\nz=3\nx=4\n"],
    ["[a]\nlist[]=1\n"],
    ["[a]\nkey\n"],
    ["[a]\nx=1\n[a]\nx=2\ny=3\nX=4\n"],
    ["[a]\r\nx=1\r\n  2\r\n"],
    ["[a]\nx=1\n[a]\n  y=2\n"],
    ["[a]\nx=1\n  [b]\ny=2\n"],
    ["[a]\n  x=1\n  y=2\n z=3\n  w=4\n"],
    ["[DEFAULT]\nroot=/a\n[output]\npublic=%(root)s/p\n", "[DEFAULT]\nroot=/b\n[output]\nprivate=%(root)s/q\n"],
  ];
  for (const texts of TABLE) {
    test(`reads ${JSON.stringify(texts.join(" + "))} alike`, () => compare(...texts));
  }

  test("reads generated files alike", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(configFile(), { minLength: 1, maxLength: 2 }), (texts) => compare(...texts)),
      { numRuns: 1500 },
    );
  });

  test("reads generated rubbish alike", async () => {
    const character = fc.constantFrom(..."[]=:#;%()s \t\n\r\"'\\.aB_-,/\u2028\u0085\u001c\u00a0é");
    const rubbish = fc.string({ unit: character, maxLength: 60 });
    await fc.assert(fc.asyncProperty(rubbish, (text) => compare(withoutDoubleBrackets(`[a]\n${text}`))), {
      numRuns: 1500,
    });
  });
});

/** Our reading in the shape of the oracle's. */
function readAll(texts: readonly string[]): PythonReading {
  const layers = new Layers();
  const errorLines: number[] = [];
  for (const text of texts) {
    const { sections, problems } = parseConfigText(text, "x.conf");
    errorLines.push(...problems.map(({ line }) => line));
    layers.add(sections);
  }
  if (errorLines.length > 0) return { errorLines };
  const defaults = layers.entriesOf("DEFAULT");
  const sections = layers.sectionNames().filter((name) => name !== "DEFAULT").map((name) => {
    const keys = [...new Set([...layers.entriesOf(name).keys(), ...defaults.keys()])];
    return [name, Object.fromEntries(keys.map((key) => [key, reading(layers, name, key)]))];
  });
  return {
    sections: Object.fromEntries(sections),
    defaults: Object.fromEntries([...defaults].map(([key, { value }]) => [key, value])),
  };
}

function reading(layers: Layers, section: string, key: string): { raw: string; value: string | null } {
  const raw = layers.find(section, key)?.value ?? "";
  try {
    return { raw, value: interpolate(raw, (name) => layers.find(section, name)?.value) };
  } catch (error) {
    assert.ok(error instanceof InterpolationFault);
    return { raw, value: null };
  }
}

/** A second "]" on a section line is an error here and a name there, on purpose. */
function withoutDoubleBrackets(text: string): string {
  return text.split(/(\r\n|\r|\n)/).map((line) => {
    const first = line.indexOf("]");
    return first < 0 ? line : line.slice(0, first + 1) + line.slice(first + 1).replaceAll("]", "");
  }).join("");
}

/** Files that mostly make sense: sections, keys, continuations, comments, references. */
function configFile(): fc.Arbitrary<string> {
  const name = fc.constantFrom("wiki", "DEFAULT", "zh.min", "a b", "Wiki", "_x", "x", "Y", "dir", "list[]", "è");
  const piece = fc.constantFrom(
    "1",
    "a#b",
    "; c",
    "%%",
    "%(x)s",
    "%(Y)s",
    "%(dir)s",
    "%",
    '"',
    "'",
    "\\",
    ",",
    "=",
    ":",
    " ",
    "[",
    "]",
    "true",
    "é",
  );
  const value = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
  const space = fc.constantFrom("", "", " ", "\t", "  ");
  const section = fc.tuple(fc.constantFrom("", "", " "), name, fc.constantFrom("", " ; c")).map((
    [indent, text, tail],
  ) => `${indent}[${text.replaceAll(/[[\]]/g, "")}]${tail}`);
  const key = fc.tuple(space, name, space, fc.constantFrom("=", ":", " = ", ""), space, value).map((parts) =>
    parts.join("")
  );
  const continuation = fc.tuple(fc.constantFrom(" ", "    ", "\t"), value).map((parts) => parts.join(""));
  const comment = fc.tuple(space, fc.constantFrom("#", ";"), value).map((parts) => parts.join(""));
  const line = fc.oneof(
    { weight: 3, arbitrary: section },
    { weight: 8, arbitrary: key },
    { weight: 3, arbitrary: continuation },
    { weight: 1, arbitrary: comment },
    { weight: 1, arbitrary: space },
  );
  const end = fc.constantFrom("\n", "\r\n", "\r");
  return fc.tuple(fc.array(line, { maxLength: 12 }), end, fc.boolean()).map(([lines, lineEnd, isEnded]) =>
    withoutDoubleBrackets(["[wiki]", ...lines].join(lineEnd) + (isEnded ? lineEnd : ""))
  );
}
