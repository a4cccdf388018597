/**
 * The index of the farm from an operator's own template, with the reference's placeholders: `status items otherIndexLink`.
 */

import { entryLine } from "./farm-entry.ts";
import { activityText, type FarmPage } from "./farm-page.ts";
import { markup } from "./markup.ts";
import { joinLines } from "./item-fragment.ts";
import { fillTemplate } from "./page-template.ts";
import { pathOf } from "./report-settings.ts";

/** Names of the template in `[output] templatedir`; the first that is there and has a place for the wikis is used. */
export const FARM_TEMPLATE_NAMES: readonly string[] = ["progress.html", "download-index.html"];

/** Whether a template has a place for the wikis; one of the reference's samples has none. */
export function isFarmTemplate(text: string): boolean {
  return text.includes("%(items)s");
}

/** Fills the template. Throws `SourceError` READ for a placeholder that is unknown. */
export function renderFarmPageFromTemplate(page: FarmPage, template: { path: string; text: string }): string {
  const { order, fileName } = page.otherPage;
  return fillTemplate(template.text, {
    path: template.path,
    values: {
      status: markup`${activityText(page)}`,
      items: markup`${joinLines(page.entries.map((entry) => entryLine(page.settings, entry)))}`,
      otherIndexLink: markup`Sort by <a href="${pathOf(fileName)}">${order}</a>`,
    },
  });
}
