/**
 * Writes the index of the farm: the page by age, the page by name, and `index.json`, each only when its content changed.
 */

import { isWikidumpError } from "../errors.ts";
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
  const byNameName = byNameFileName(settings.indexName);
  const template = await readTemplate(options);
  const render = (page: FarmPage): string => {
    if (template !== undefined) {
      try {
        return renderFarmPageFromTemplate(page, template);
      } catch (error) {
        if (!isWikidumpError(error)) throw error;
        options.log(`${error.message}. ${error.remedy}. The built-in page is used`);
      }
    }
    return renderFarmPage(page);
  };
  const files: [string, string][] = [
    [
      settings.indexName,
      render({
        settings,
        maintenance,
        entries: byAge(entries),
        otherPage: { order: "wiki name", fileName: byNameName },
      }),
    ],
    [
      byNameName,
      render({
        settings,
        maintenance,
        entries: byName(entries),
        otherPage: { order: "age", fileName: settings.indexName },
      }),
    ],
    ["index.json", renderFarmJson(settings, byName(entries))],
  ];
  const written: string[] = [];
  for (const [name, content] of files) {
    const path = `${directory}/${name}`;
    if (await readSmallFile(path, { maxBytes: 512 * 1024 * 1024 }) === content) continue;
    await replaceFile(path, content, { mode: settings.fileMode });
    written.push(path);
  }
  return written;
}

async function readTemplate({ settings, log }: FarmIndexOptions): Promise<{ path: string; text: string } | undefined> {
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
