/**
 * Has MediaWiki itself make the stubs, the texts, the lists of titles and the namespaces of a wiki, and keeps of them what a
 * test needs: test/golden/farm/NAME.json. What each field means is said in ../README.md.
 */
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Stack } from "./stack.ts";
import type { WikiPlan } from "./wikis.ts";

const CONTENTS = ["history", "current", "articles"] as const;
const NAMESPACES = "action=query&meta=siteinfo&siprop=namespaces%7Cnamespacealiases&format=json";

/** Writes the golden file of one wiki. */
export function writeGolden(
  stack: Stack,
  wiki: WikiPlan,
  paths: { goldenDirectory: string; workDirectory: string },
): void {
  const stem = `${paths.workDirectory}/${wiki.name}`;
  const env = { FARM_ADDRESS: wiki.address };
  stack.maintenance(wiki.name, "dumpBackup.php", [
    "--full",
    "--stub",
    "--quiet",
    `--output=gzip:${stem}-history.xml.gz`,
    `--output=gzip:${stem}-current.xml.gz`,
    "--filter=latest",
    `--output=gzip:${stem}-articles.xml.gz`,
    "--filter=latest",
    "--filter=notalk",
    "--filter=namespace:!NS_USER",
  ], { env });
  stack.maintenance(wiki.name, "dumpBackup.php", [
    "--full",
    "--quiet",
    `--output=file:${stem}-direct-history.xml`,
    `--output=file:${stem}-direct-current.xml`,
    "--filter=latest",
    `--output=file:${stem}-direct-articles.xml`,
    "--filter=latest",
    "--filter=notalk",
    "--filter=namespace:!NS_USER",
  ], { env });
  const dumps: Record<string, unknown> = {};
  for (const content of CONTENTS) {
    const full = `${stem}-pages-${content}.xml`;
    const mode = content === "history" ? "--full" : "--current";
    stack.maintenance(wiki.name, "dumpTextPass.php", [
      `--stub=gzip:${stem}-${content}.xml.gz`,
      "--quiet",
      mode,
      `--output=file:${full}`,
    ], { env });
    const stub = gunzipSync(readFileSync(`${stem}-${content}.xml.gz`)).toString("utf8");
    const direct = fingerprint(readFileSync(`${stem}-direct-${content}.xml`));
    dumps[content] = { textPass: fingerprint(readFileSync(full)), direct, pages: pagesOf(stub) };
  }
  const golden = {
    wiki: wiki.name,
    generator: `MediaWiki ${stack.version()}`,
    dumps,
    titles: {
      "all-titles-in-ns0": rows(stack.sql(wiki.name, "select page_title from page where page_namespace=0")),
      "all-titles": rows(stack.sql(wiki.name, "select page_namespace,page_title from page")),
    },
    siteinfo: {
      namespaces: siteInfo(stack, wiki, `${NAMESPACES}&formatversion=1`),
      namespacesv2: siteInfo(stack, wiki, `${NAMESPACES}&formatversion=2`),
    },
  };
  writeFileSync(`${paths.goldenDirectory}/${wiki.name}.json`, `${compact(golden)}\n`);
}

function fingerprint(bytes: Uint8Array): { sha1: string; byteLength: number } {
  return { sha1: createHash("sha1").update(bytes).digest("hex"), byteLength: bytes.length };
}

/** Page and revision ids in the order of the file. Stubs hold no page text, so the two patterns cannot be misled. */
function pagesOf(stub: string): [number, number[]][] {
  return stub.split("  <page>\n").slice(1).map((page) => {
    const id = Number(/^ {4}<id>(\d+)<\/id>$/m.exec(page)?.[1]);
    return [id, [...page.matchAll(/^ {4}<revision>\n {6}<id>(\d+)<\/id>$/gm)].map((match) => Number(match[1]))];
  });
}

function rows(list: string): { count: number; sha1: string } {
  return { count: list.split("\n").length - 1, sha1: fingerprint(Buffer.from(list, "utf8")).sha1 };
}

/** The API's answer, or what it says to somebody who may not read a private wiki. */
function siteInfo(stack: Stack, wiki: WikiPlan, query: string): unknown {
  const answer = JSON.parse(stack.api(wiki.name, query)) as {
    query?: Record<string, unknown>;
    error?: { code: string };
  };
  if (answer.query === undefined) return { error: answer.error?.code };
  return { namespaces: answer.query["namespaces"], namespacealiases: answer.query["namespacealiases"] };
}

/** JSON with a line for each entry of the outer three levels, so that a change can be read in a diff. */
function compact(value: unknown, depth = 0): string {
  if (depth > 2 || typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const indent = "  ".repeat(depth + 1);
  const entries = Object.entries(value).map(([key, entry]) =>
    `${indent}${JSON.stringify(key)}: ${compact(entry, depth + 1)}`
  );
  return `{\n${entries.join(",\n")}\n${"  ".repeat(depth)}}`;
}
