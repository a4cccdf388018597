/**
 * Generates dumps that are well-formed but written in every odd way that XML allows: comments and instructions anywhere,
 * attributes of all kinds, CDATA sections, empty elements, unknown elements, line ends of both kinds or none at all.
 */
import fc from "fast-check";

const blank = fc.constantFrom("", "\n", "\n  ", " ", "\r\n", "\r\n\t", "\n\n");
const misc = fc.constantFrom("", "", "", "<!-- a > b <page> -->", "<?note <page> ?>", "<!---->");
const gap = fc.tuple(blank, misc, blank).map((parts) => parts.join(""));
const attribute = fc.constantFrom(
  ' a="1"',
  " b='>'",
  ' c="/>"',
  '\n\td = "x y"',
  " e='\"'",
  ' xml:space="preserve"',
  "",
);
const attributes = fc.uniqueArray(attribute, { maxLength: 3 }).map((parts) => parts.join(""));
const text = fc.array(
  fc.constantFrom(
    "word",
    " ",
    "\n",
    "&lt;page&gt;",
    "&amp;",
    "ελ",
    "😀",
    ">",
    "[",
    "--",
    "'",
    '"',
    "<![CDATA[ <page> ]]>",
    "<!-- </text> -->",
  ),
  { maxLength: 6 },
).map((parts) => parts.join(""));

function element(name: string, content: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(attributes, content, fc.constantFrom("", " ", "\n"), fc.boolean()).map((
    [given, inside, end, isShort],
  ) => inside === "" && isShort ? `<${name}${given}${end}/>` : `<${name}${given}${end}>${inside}</${name}${end}>`);
}

function sequence(parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts.flatMap((part) => [gap, part]), gap).map((pieces) => pieces.join(""));
}

function sometimes(part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(fc.constant(""), part);
}

const id = fc.nat(99_999).map((value) => `<id>${value}</id>`);
const unknown = fc.oneof(
  element("upload", sequence([element("filename", text), element("src", text)])),
  element("thread-info", sequence([element("a", sequence([element("text", text)])), element("a.b", text)])),
);
const revision = element(
  "revision",
  sequence([
    id,
    element("timestamp", fc.constant("2026-01-01T00:00:00Z")),
    element("contributor", sequence([element("username", text), id])),
    sometimes(element("comment", text)),
    element("text", text),
    sometimes(element("content", sequence([element("role", text), element("text", text)]))),
  ]),
);
const page = element(
  "page",
  sequence([
    element("title", text),
    element("ns", fc.constantFrom("0", "-1", "14")),
    id,
    sometimes(element("redirect", fc.constant(""))),
    sometimes(element("threading", sequence([element("x", text)]))),
    sometimes(sequence([revision, sometimes(unknown), sometimes(revision)])),
  ]),
);
const siteinfo = element(
  "siteinfo",
  sequence([element("sitename", text), element("namespaces", sequence([element("namespace", text)]))]),
);
const logitem = element("logitem", sequence([id, element("comment", text)]));

/** One document. */
export const oddDocument: fc.Arbitrary<string> = element(
  "mediawiki",
  sequence([sometimes(siteinfo), sometimes(page), sometimes(logitem), sometimes(page)]),
);

/** One to three documents with a prolog each, as joined files have them. */
export const oddDump: fc.Arbitrary<string> = fc.array(
  fc.tuple(
    fc.constantFrom("", "\ufeff", '<?xml version="1.0"?>\n', "\n <!-- x -->\n"),
    oddDocument,
    fc.constantFrom("", "\n", "\r\n", "\n\n "),
  ),
  { minLength: 1, maxLength: 3 },
).map((documents) => documents.map((parts) => parts.join("")).join(""));
