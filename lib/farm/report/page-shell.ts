/**
 * What all pages share: the document around the content, and one small style sheet.
 *
 * Without the style sheet the page still reads from top to bottom; states are words and shapes, colour only repeats them.
 * Text on every ground has a contrast of at least 4.5 : 1, in light and in dark (test/farm/report/page-shell.test.ts).
 */

import { Markup, markup } from "./markup.ts";
import { dashedDate } from "./timestamp.ts";

/** Colours of text and ground, light and dark: the test computes the contrast of every pair that is used. */
export const COLOURS: Readonly<Record<"light" | "dark", Readonly<Record<string, string>>>> = {
  light: {
    ground: "#ffffff",
    panel: "#f4f5f7",
    text: "#1b1f24",
    soft: "#545c66",
    line: "#c9ced6",
    link: "#0b55b3",
    good: "#1a6b34",
    busy: "#0b55b3",
    bad: "#a8201a",
    warn: "#7a4d00",
  },
  dark: {
    ground: "#14171b",
    panel: "#1f242a",
    text: "#e8eaed",
    soft: "#a9b1bc",
    line: "#3c444e",
    link: "#8ab8ff",
    good: "#7bd597",
    busy: "#8ab8ff",
    bad: "#ff9d94",
    warn: "#f0c060",
  },
};

const RULES = `
body{margin:0 auto;max-width:64rem;padding:0 1rem 3rem;background:var(--ground);color:var(--text);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
a{color:var(--link)}a:focus-visible{outline:3px solid var(--busy);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
header{padding:1.5rem 0 .5rem}h1{font-size:1.6rem;line-height:1.2;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.4rem 0}header p,.soft,caption{color:var(--soft)}
.panel{background:var(--panel);border-left:.4rem solid var(--line);padding:.6rem 1rem;margin:1rem 0}
.panel.bad{border-color:var(--bad)}.panel.warn{border-color:var(--warn)}.panel.good{border-color:var(--good)}
.panel.busy{border-color:var(--busy)}.panel ul{padding-left:1.2rem;margin:.3rem 0}
.panel .counts{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;padding:0;list-style:none}
.counts b{font-size:1.3rem;font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;margin:1rem 0}caption{text-align:left;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.5rem .8rem .5rem 0}thead,tbody,.rows tr{border-bottom:1px solid var(--line)}
tr+tr td[colspan]{padding-top:0}
th{font-weight:600}thead th{color:var(--soft)}td:last-child,th:last-child{padding-right:0}
th .soft,td .soft{font-weight:400;font-size:.9rem}
.state{white-space:nowrap;font-weight:600}.state.good{color:var(--good)}.state.bad{color:var(--bad)}
.state.busy{color:var(--busy)}.state.warn{color:var(--warn)}.state.calm{color:var(--soft);font-weight:400}
.files{list-style:none;margin:0;padding:0;overflow-wrap:anywhere}.files li{padding:.15rem 0}
.sums{font-size:.85rem;overflow-wrap:anywhere}.sums dl,.sums dd{margin:.2rem 0 .2rem 1rem}summary{cursor:pointer}
progress{width:min(20rem,100%);height:.8rem;accent-color:var(--busy);vertical-align:middle}
time,.whole{white-space:nowrap}code{font-size:.9em;overflow-wrap:anywhere}
@media(max-width:34rem){.state,time:not(.whole){white-space:normal}th,td{padding-right:.6rem;overflow-wrap:anywhere}td{min-width:6.5rem}.rows th{overflow-wrap:break-word}}
`;

function colourRules(): string {
  const variables = (scheme: "light" | "dark"): string =>
    Object.entries(COLOURS[scheme]).map(([name, colour]) => `--${name}:${colour}`).join(";");
  return `:root{color-scheme:light dark;${variables("light")}}
@media(prefers-color-scheme:dark){:root{${variables("dark")}}}`;
}

/** A constant of this file as markup; nothing from outside comes near it. */
function styleElement(): Markup {
  return new Markup([`<style>\n${colourRules()}${RULES}</style>`], []);
}

/** What a page consists of. */
export interface PageParts {
  readonly title: string;
  /** The title with markup. */
  readonly heading: Markup;
  /** Below the heading: where one is and where one can go. */
  readonly introduction: MarkupPart;
  readonly main: MarkupPart;
  readonly footer: MarkupPart;
}

type MarkupPart = Markup | readonly Markup[];

/** A whole document. */
export function renderPage(parts: PageParts): string {
  const { title, heading, introduction, main, footer } = parts;
  return String(markup`<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${styleElement()}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>${heading}</h1>
${introduction}
</header>
<main id="main">
${main}
</main>
<footer class="soft">
${footer}
</footer>
</body>
</html>
`);
}

/** A moment, for people and for programs; it breaks between date and time only. */
export function timeElement(moment: Date): Markup {
  const [date, time] = [moment.toISOString().slice(0, 10), moment.toISOString().slice(11, 19)];
  const text = markup`<span class="whole">${date}</span> <span class="whole">${time.slice(0, 5)} UTC</span>`;
  return markup`<time datetime="${date}T${time}Z">${text}</time>`;
}

/** The date of a run. */
export function dateElement(date: string): Markup {
  return markup`<time class="whole" datetime="${dashedDate(date)}">${dashedDate(date)}</time>`;
}

/** A state as shape and word; `tone` is the colour that repeats it. */
export function stateElement(state: { tone: Tone; word: string }): Markup {
  const shape = markup`<span aria-hidden="true">${SHAPES[state.tone]}</span>`;
  return markup`<span class="state ${state.tone}">${shape} ${state.word}</span>`;
}

export type Tone = "good" | "busy" | "bad" | "warn" | "calm";

const SHAPES: Readonly<Record<Tone, string>> = { good: "✓", busy: "▸", bad: "✕", warn: "!", calm: "·" };
