/**
 * Writes the index of the farm: the page by age, the page by name, and `index.json`, each only when its content changed.
 */

import { isWikidumpError } from "../errors.ts";
import { makeDirectory } from "../host/directory.ts";
import { replaceFile } from "../host/replace-file.ts";
import { readSmallFile } from "../host/small-file.ts";
import { byAge, byName, type FarmEntry } from "./report/farm-entry.ts";
import { byNameFileName, type FarmPage, renderFarmJson, renderFarmPage } from "./report/farm-page.ts";
import { FARM_TEMPLATE_NAMES, isFarmTemplate, renderFarmPageFromTemplate } from "./report/farm-page-template.ts";
import type { ReportSettings } from "./report/report-settings.ts";

export interface FarmIndexOptions {
  readonly settings: ReportSettings;
  /** The tree's root, into which the files go. */
  readonly directory: string;
  /** Text of maintenance.txt, or empty. */
  readonly maintenance: string;
  readonly log: (line: string) => void;
}

/** Writes the three files; gives the paths of those that changed. */
export async function writeFarmIndex(entries: readonly FarmEntry[], options: FarmIndexOptions): Promise<string[]> {
  const { settings, maintenance, directory } = options;
  const names = { age: settings.indexName, "wiki name": byNameFileName(settings.indexName) };
  const render = pageRenderer(await readTemplate(options), options.log);
  const pageByAge: FarmPage = {
    settings,
    maintenance,
    entries: byAge(entries),
    otherPage: { order: "wiki name", fileName: names["wiki name"] },
  };
  const pageByName: FarmPage = {
    ...pageByAge,
    entries: byName(entries),
    otherPage: { order: "age", fileName: names.age },
  };
  const files: [string, string][] = [
    [names.age, render(pageByAge)],
    [names["wiki name"], render(pageByName)],
    ["index.json", renderFarmJson(settings, pageByName.entries)],
  ];
  // A farm whose wikis are all private, or not dumped yet, has no public tree.
  await makeDirectory(directory);
  const written: string[] = [];
  for (const [name, content] of files) {
    const path = `${directory}/${name}`;
    if (await readSmallFile(path, { maxBytes: MAX_INDEX_BYTES }) === content) continue;
    await replaceFile(path, content, { mode: settings.fileMode });
    written.push(path);
  }
  return written;
}

/** A farm of a thousand wikis with 38 jobs each has 18 MB. */
const MAX_INDEX_BYTES = 512 * 1024 * 1024;

interface Template {
  readonly path: string;
  readonly text: string;
}

/** With the operator's template where there is one that works, otherwise our own page. */
function pageRenderer(template: Template | undefined, log: (line: string) => void): (page: FarmPage) => string {
  return (page) => {
    if (template === undefined) return renderFarmPage(page);
    try {
      return renderFarmPageFromTemplate(page, template);
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
      log(`${error.message}. ${error.remedy}. The built-in page is used`);
      return renderFarmPage(page);
    }
  };
}

async function readTemplate({ settings, log }: FarmIndexOptions): Promise<Template | undefined> {
  if (settings.templateDirectory === undefined) return undefined;
  for (const name of FARM_TEMPLATE_NAMES) {
    const path = `${settings.templateDirectory}/${name}`;
    try {
      const text = await readSmallFile(path);
      if (text !== undefined && isFarmTemplate(text)) return { path, text };
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
      log(`${error.message}. The built-in page is used`);
    }
  }
  return undefined;
}
