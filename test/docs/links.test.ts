/** Links of the documentation to files of the project lead somewhere. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SKIPPED = /^(?:node_modules|dist[^/]*|demo|\.[^/]+)\//;

const documents = readdirSync(ROOT, { withFileTypes: true })
  .flatMap((entry) => entry.isDirectory() && !SKIPPED.test(`${entry.name}/`) ? markdownBelow(entry.name) : [entry.name])
  .filter((name) => name.endsWith(".md"));

for (const document of documents) {
  test(`links in ${document} lead to files that exist`, () => {
    const text = readFileSync(join(ROOT, document), "utf8").replaceAll(/^ *```[^]*?^ *```/gm, "");
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!).filter((target) =>
      !/^(?:[a-z]+:|#)/.test(target)
    );
    const broken = targets.filter((target) =>
      !existsSync(join(ROOT, normalize(join(dirname(document), target.replace(/#.*/, "")))))
    );
    assert.deepEqual(broken, []);
  });
}

test("files that code and comments send the reader to exist", () => {
  const sources = ["lib", "scripts", "tools"].flatMap((folder) =>
    (readdirSync(join(ROOT, folder), { recursive: true }) as string[]).filter((name) => name.endsWith(".ts")).map((
      name,
    ) => `${folder}/${name}`)
  );
  const broken = sources.flatMap((source) => {
    const mentions = readFileSync(join(ROOT, source), "utf8").match(/\bdocs\/[\w/-]+(?:\.md)?/g) ?? [];
    return mentions.filter((mention) => !leadsSomewhere(mention)).map((mention) => `${source}: ${mention}`);
  });
  assert.deepEqual(broken, []);
});

/** A file, a folder, or the number of a decision ("docs/decisions/011"). */
function leadsSomewhere(path: string): boolean {
  if (existsSync(join(ROOT, path))) return true;
  const number = /^docs\/decisions\/(\d{3})/.exec(path)?.[1];
  return number !== undefined &&
    readdirSync(join(ROOT, "docs/decisions")).some((name) => name.startsWith(`${number}-`));
}

function markdownBelow(folder: string): readonly string[] {
  return (readdirSync(join(ROOT, folder), { recursive: true }) as string[]).map((name) => `${folder}/${name}`);
}
