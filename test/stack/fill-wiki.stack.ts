import assert from "node:assert/strict";
import test from "node:test";
import { scratchDirectory } from "../support/scratch.ts";
import { compareXml } from "./compare-xml.ts";
import { dumpByHand } from "./dump-by-hand.ts";
import { dumpItems, type XmlElement } from "./dump-items.ts";
import { base36Sha1, fillWiki } from "./fill-wiki.ts";
import { openFarm } from "./open-farm.ts";
import { tryProgram } from "./run-program.ts";
import { STUB_AND_DUMP } from "./tolerated.ts";

const WIKI = { name: "fillwiki", siteName: "Filled", tablePrefix: "f_" };
const SIZE = { pages: 300, revisions: 3000 };
const stack = await openFarm();
await stack.dropWiki(WIKI.name);
await stack.addWiki(WIKI);
const made = await fillWiki(stack, WIKI.name, SIZE);
const directory = scratchDirectory("fill-wiki");
const dump = await dumpByHand(stack, WIKI.name, directory);

function value(element: XmlElement, name: string): string {
  return element.children.find((child) => child.name === name)?.text ?? "";
}

test("MediaWiki reads every page, revision and text; bytes and checksums are right", async () => {
  let [pages, revisions, texts, bytes, hidden, redirects] = [0, 0, 0, 0, 0, 0];
  for await (const item of dumpItems(dump.history)) {
    if (item.kind !== "page") continue;
    pages++;
    redirects += Number(item.element.children.some(({ name }) => name === "redirect"));
    for (const revision of item.element.children.filter(({ name }) => name === "revision")) {
      revisions++;
      const text = revision.children.find(({ name }) => name === "text")!;
      if (text.attributes["deleted"] !== undefined) {
        hidden++;
        continue;
      }
      const encoded = new TextEncoder().encode(text.text);
      assert.equal(text.attributes["bytes"], String(encoded.byteLength));
      assert.equal(text.attributes["sha1"], base36Sha1(encoded));
      texts++;
      bytes += encoded.byteLength;
    }
  }
  // The installer made one page before.
  assert.deepEqual([pages, revisions], [SIZE.pages + 1, SIZE.revisions + 1]);
  assert.ok(texts > SIZE.revisions * 0.99, `${texts} texts`);
  assert.ok(bytes > made.textBytes * 0.95, `${bytes} bytes of ${made.textBytes}`);
  assert.ok(redirects > 5, `${redirects} redirects`);
  assert.ok(hidden < 10);
});

test("the stubs tell the same as the dump", async () => {
  const { differences, counts } = await compareXml(dump.stubHistory, dump.history, { tolerated: STUB_AND_DUMP });
  assert.deepEqual(differences, []);
  assert.equal(counts.revisions, SIZE.revisions + 1);
});

test("the current revision of every page is the newest of its own", async () => {
  const latest = new Map<number, string>();
  for await (const item of dumpItems(dump.stubCurrent)) {
    if (item.kind === "page") {
      latest.set(
        item.id,
        value(item.element.children.find(({ name }) => name === "revision")!, "id"),
      );
    }
  }
  for await (const item of dumpItems(dump.stubHistory)) {
    if (item.kind !== "page") continue;
    const ids = item.element.children.filter(({ name }) => name === "revision").map((revision) =>
      Number(value(revision, "id"))
    );
    assert.equal(latest.get(item.id), String(Math.max(...ids)));
  }
});

test("fetchText.php gives plain and compressed texts", async () => {
  const args = [`${stack.mediaWikiDirectory}/maintenance/fetchText.php`, `--wiki=${WIKI.name}`];
  const { stdout } = await tryProgram("php", args, { input: "tt:10\ntt:11\ntt:99999999\n" });
  const sizes = (await stack.sql(
    WIKI.name,
    "select content_address, content_size from f_content where content_address in ('tt:10', 'tt:11') order by content_id",
  )).trim().split("\n").map((line) => line.split("\t"));
  const answer = new TextDecoder().decode(stdout);
  for (const [address, size] of sizes) {
    assert.ok(answer.includes(`${address}\n${size}\n`), `${address} has ${size} bytes`);
  }
  assert.match(answer, /tt:99999999\n-1\n$/);
});

test("the same seed makes the same wiki, another seed another one", async () => {
  const sums = async () =>
    await stack.sql(WIKI.name, "select sha1(group_concat(content_sha1 order by content_id)) from f_content");
  await stack.sql(WIKI.name, "set global group_concat_max_len = 1000000");
  const first = await sums();
  const again = async (seed: number) => {
    await stack.dropWiki(WIKI.name);
    await stack.addWiki(WIKI);
    await fillWiki(stack, WIKI.name, { ...SIZE, seed });
    return await sums();
  };
  assert.equal(await again(1), first);
  assert.notEqual(await again(2), first);
});

test("sizes that make no sense are refused", async () => {
  await assert.rejects(fillWiki(stack, WIKI.name, { pages: 10, revisions: 9 }), RangeError);
});
