/**
 * Page templates of an operator: text with `%(name)s` placeholders and `%%` for a percent sign, as the reference has them.
 *
 * Differs from dumps (Python): a percent sign that starts neither stays as it is. Some templates in use have such signs in
 * their style sheets, and they would not work at all.
 */

import { SourceError } from "../../errors.ts";
import type { Markup } from "./markup.ts";

/**
 * Fills a template.
 *
 * @throws {SourceError} READ, if the template asks for a value that there is none of
 */
export function fillTemplate(
  template: string,
  options: { path: string; values: Readonly<Record<string, Markup | string>> },
): string {
  const { path, values } = options;
  return template.replace(/%(?:%|\(([^)]*)\)s)/g, (match, name: string | undefined) => {
    if (name === undefined) return "%";
    if (!Object.hasOwn(values, name)) throw unknownPlaceholder(match, path, Object.keys(values));
    return String(values[name]);
  });
}

function unknownPlaceholder(placeholder: string, path: string, names: readonly string[]): SourceError {
  const known = names.map((name) => `%(${name})s`).join(", ");
  return new SourceError("READ", `The template ${path} has the placeholder ${placeholder}, which is unknown`, path, {
    remedy: `Use one of ${known}`,
  });
}
