/**
 * The index of the farm: one row per wiki, a summary on top. Written twice, by age and by name, and as `index.json`.
 *
 * It shows exactly the entries that it is given: to keep private wikis out of the public page, they are not handed in.
 */

import { type FarmEntry, type FarmState, farmState } from "./farm-entry.ts";
import { type Markup, markup } from "./markup.ts";
import { dateElement, renderPage, stateElement, timeElement, type Tone } from "./page-shell.ts";
import { pathOf, type ReportSettings } from "./report-settings.ts";
import type { RunStatus } from "./run-status.ts";
import { runTone } from "./run-tone.ts";
import { runTotals } from "./run-totals.ts";
import { statusWords } from "./status-line.ts";
import { dumpStatusValue } from "./status-json.ts";

export interface FarmPage {
  readonly settings: ReportSettings;
  /** In the order of the page. */
  readonly entries: readonly FarmEntry[];
  /** Text of maintenance.txt, or empty. */
  readonly maintenance: string;
  /** Text of a link to the page with the other order, and its file name. */
  readonly otherPage: { readonly order: "age" | "wiki name"; readonly fileName: string };
}

/** What the farm is doing, in the words of the reference. */
export function activityText(page: Pick<FarmPage, "entries" | "maintenance">): string {
  if (page.entries.some((entry) => entry.isLocked || farmState(entry) === "running")) return "Dumps are in progress...";
  return page.maintenance === "" ? "Dump process is idle." : page.maintenance;
}

/** `name-bydb.ext` beside `name.ext`. */
export function byNameFileName(indexName: string): string {
  const dot = indexName.lastIndexOf(".");
  return dot <= 0 ? `${indexName}-bydb` : `${indexName.slice(0, dot)}-bydb${indexName.slice(dot)}`;
}

/** The page in our own design. */
export function renderFarmPage(page: FarmPage): string {
  const { entries, otherPage } = page;
  const order = otherPage.order === "age" ? "name" : "age, newest first";
  const link = markup`<a href="${pathOf(otherPage.fileName)}">Sort by ${otherPage.order}</a>`;
  return renderPage({
    title: "Wiki dumps",
    heading: markup`Wiki dumps`,
    introduction: markup`<p>The latest dump of every wiki, sorted by ${order}. ${link}.</p>`,
    main: [summary(page), problemPanel(entries), farmTable(entries)].filter((part) => part !== undefined),
    footer: markup`<p>The same for programs: <a href="index.json">index.json</a>. Times are UTC.</p>`,
  });
}

const COUNTED: readonly (readonly [words: string, ...states: FarmState[]])[] = [
  ["complete", "complete"],
  ["in progress", "running"],
  ["failed", "failed", "aborted"],
  ["partial", "partial"],
  ["never dumped", "never"],
  ["not readable", "unreadable"],
];

/** Counts that are always shown, and those that are shown when there are any. */
const ALWAYS = new Set(["complete", "in progress", "failed", "never dumped"]);

function summary(page: FarmPage): Markup {
  const states = page.entries.map(farmState);
  const counts = COUNTED
    .map(([words, ...counted]) => ({ words, count: states.filter((state) => counted.includes(state)).length }))
    .filter(({ words, count }) => count > 0 || ALWAYS.has(words));
  const isBusy = states.includes("running");
  const hasReason = page.maintenance !== "";
  return markup`<section class="panel ${isBusy ? "busy" : hasReason ? "warn" : "good"}" aria-label="Summary">
<p><strong dir="auto">${activityText(page)}</strong></p>
<ul class="counts">${counts.map(({ words, count }) => markup`<li><b>${count}</b> ${words}</li>\n`)}</ul>
${isBusy && hasReason && markup`<p dir="auto">${page.maintenance}</p>\n`}</section>
`;
}

function problemPanel(entries: readonly FarmEntry[]): Markup | undefined {
  const broken = entries.filter((entry) => entry.problems.length > 0);
  if (broken.length === 0) return undefined;
  return markup`<section class="panel bad" aria-label="Damaged records">
<p><strong>Records that cannot be read</strong></p>
<ul>${broken.map((entry) => entry.problems.map((problem) => markup`<li>${entry.wiki}: ${problem}</li>\n`))}</ul>
</section>
`;
}

function farmTable(entries: readonly FarmEntry[]): Markup {
  return markup`<table>
<caption>${entries.length} ${entries.length === 1 ? "wiki" : "wikis"}</caption>
<thead><tr><th scope="col">Wiki and run</th><th scope="col">State</th></tr></thead>
<tbody class="rows">
${entries.map(farmRow)}</tbody>
</table>
`;
}

function farmRow(entry: FarmEntry): Markup {
  const traits = [entry.isPrivate && "private data", entry.isClosed && "closed"].filter(Boolean).join(", ");
  const changed = entry.status?.updatedAt ?? entry.line?.updated;
  const state = stateElement({ tone: toneOf(entry), word: stateText(entry) });
  const rest = [
    entry.status !== undefined && progress(entry.status),
    changed !== undefined && markup`<div class="soft">${timeElement(changed)}</div>`,
  ];
  return markup`<tr>
<th scope="row">${nameAndRun(entry)}${traits !== "" && markup` <span class="soft">(${traits})</span>`}</th>
<td>${state}${rest}</td>
</tr>
`;
}

function nameAndRun({ wiki, date }: FarmEntry): Markup {
  if (date === undefined) return markup`${wiki}`;
  return markup`<a href="${pathOf(wiki, date)}/">${wiki}</a> <span class="soft">${dateElement(date)}</span>`;
}

function toneOf(entry: FarmEntry): Tone {
  if (entry.status !== undefined) return runTone(entry.status);
  return farmState(entry) === "never" ? "calm" : "bad";
}

function stateText(entry: FarmEntry): string {
  if (entry.status !== undefined) return capitalised(statusWords(entry.status));
  const state = farmState(entry);
  if (state === "aborted") return "Dump aborted";
  if (state === "never") return "Has not yet been dumped";
  return entry.problems.length > 0 ? "Record cannot be read" : "Missing status record";
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How far a running dump is, and what it is doing. */
function progress(status: RunStatus): Markup | undefined {
  if (status.phase !== "running") return undefined;
  const totals = runTotals(status);
  // Jobs that are fed by one reading of the source have the same progress; it is shown once.
  const namesByProgress = new Map<string, string[]>();
  for (const job of status.jobs) {
    if (job.state !== "in-progress") continue;
    namesByProgress.set(job.progress, [...namesByProgress.get(job.progress) ?? [], job.name]);
  }
  const jobs = [...namesByProgress].map(([text, names]) =>
    markup`<div class="soft">${names.join(", ")}${text !== "" && markup`: <span dir="auto">${text}</span>`}</div>`
  );
  const label = `Finished jobs of ${status.wiki}`;
  const bar = markup`<progress max="${
    Math.max(totals.total, 1)
  }" value="${totals.over}" aria-label="${label}">${totals.over}</progress>`;
  return markup`<div>${bar} ${totals.over} of ${totals.total} jobs</div>${jobs}`;
}

/** The content of `index.json`: `dumpstatus.json` of every wiki's latest run; `{}` for a wiki that was never dumped. */
export function renderFarmJson(settings: ReportSettings, entries: readonly FarmEntry[]): string {
  const lines = entries.map((entry) => `${JSON.stringify(entry.wiki)}:${JSON.stringify(entryValue(settings, entry))}`);
  return `{"wikis":{${lines.join(",\n")}}}\n`;
}

function entryValue(settings: ReportSettings, entry: FarmEntry): Record<string, unknown> {
  if (entry.status !== undefined) return dumpStatusValue(settings, entry.status);
  return entry.problems.length === 0 ? {} : { error: entry.problems.join("; ") };
}
