/** The example farm's wikis dumped from their exports, compared with what MediaWiki itself wrote of them (test/golden/farm). */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { decompress } from "../../lib/bzip2/whole.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";

const DATE = "20260301";
const GOLDEN = fileURLToPath(new URL("../golden/farm", import.meta.url));
const EXPORTS = fileURLToPath(new URL("../../examples/farm/exports", import.meta.url));

interface Golden {
  readonly wiki: string;
  readonly dumps: Record<"history" | "current" | "articles", {
    readonly direct: { readonly sha1: string; readonly byteLength: number };
    readonly pages: readonly (readonly [number, readonly number[]])[];
  }>;
  readonly titles: Record<string, { readonly count: number; readonly sha1: string }>;
  readonly siteinfo: Record<string, { readonly query?: { readonly namespaces: Record<string, ApiNamespace> } }>;
}

interface ApiNamespace {
  readonly id: number;
  readonly case: string;
  readonly canonical?: string;
  readonly "*"?: string;
  readonly name?: string;
}

const KINDS = [
  ["history", "pages-meta-history", "stub-meta-history"],
  ["current", "pages-meta-current", "stub-meta-current"],
  ["articles", "pages-articles", "stub-articles"],
] as const;

function sha1(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

/** Page ids with their revision ids, as a stub has them. */
function pagesOf(stub: string): readonly (readonly [number, readonly number[]])[] {
  return stub.split("<page>").slice(1).map((page) => {
    const [head, ...revisions] = page.split("<revision>") as [string, ...string[]];
    const idOf = (text: string): number => Number(/<id>(\d+)<\/id>/.exec(text)![1]);
    return [idOf(head), revisions.map(idOf)];
  });
}

for (const file of readdirSync(GOLDEN)) {
  const golden = JSON.parse(readFileSync(`${GOLDEN}/${file}`, "utf8")) as Golden;
  test(`${golden.wiki}: dumps, stubs, titles and namespaces are those that MediaWiki made`, async (t) => {
    const farm = new TemporaryFarm(t);
    farm.extraConfig = `[wiki]\nexport=${EXPORTS}\n`;
    farm.addWiki(golden.wiki);
    const { status, stderr } = await farm.worker(golden.wiki, "--date", DATE);
    assert.equal(status, 0, stderr);
    const output = (name: string): Uint8Array => {
      const bytes = farm.readBytes(`public/${golden.wiki}/${DATE}/${golden.wiki}-${DATE}-${name}`);
      return name.endsWith(".bz2") ? decompress(bytes) : gunzipSync(bytes);
    };
    for (const [kind, pages, stub] of KINDS) {
      assert.equal(sha1(output(`${pages}.xml.bz2`)), golden.dumps[kind].direct.sha1, pages);
      assert.deepEqual(pagesOf(Buffer.from(output(`${stub}.xml.gz`)).toString()), golden.dumps[kind].pages, stub);
    }
    assert.equal(sha1(output("pages-articles-multistream.xml.bz2")), golden.dumps.articles.direct.sha1);
    for (const [name, expected] of Object.entries(golden.titles)) {
      const [, ...titles] = Buffer.from(output(`${name}.gz`)).toString().split(/(?<=\n)/);
      assert.equal(titles.length, expected.count, name);
      assert.equal(sha1(Buffer.from(titles.join(""))), expected.sha1, name);
    }
    for (
      const [job, name] of [["namespaces", "siteinfo-namespaces"], ["namespacesv2", "siteinfo2-namespacesv2"]] as const
    ) {
      const expected = golden.siteinfo[job]?.query?.namespaces;
      if (expected === undefined) continue;
      const found = JSON.parse(Buffer.from(output(`${name}.json.gz`)).toString()).query.namespaces as Record<
        string,
        ApiNamespace
      >;
      assert.deepEqual(
        Object.keys(found).map(Number).sort((a, b) => a - b),
        Object.keys(expected).map(Number).sort((a, b) => a - b),
      );
      for (const [id, space] of Object.entries(found)) {
        // What an export states must be what the API says; what it does not state is left out.
        for (const [key, value] of Object.entries(space)) {
          assert.deepEqual(value, expected[id]![key as keyof ApiNamespace], `${id} ${key}`);
        }
      }
    }
  });
}
