/**
 * Keeps secrets of the configuration out of messages, logs and pages.
 */
import type { Layers } from "./layers.ts";
import { SCHEMA_KEYS } from "./schema.ts";

/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

/**
 * A text without the secrets in it: each becomes "[redacted]".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { redactSecrets } from "./redact.ts";
 *
 * assert.equal(redactSecrets("mysql --password=hunter2", ["hunter2"]), "mysql --password=[redacted]");
 * ```
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  // The longest first, for a secret may be the beginning of another.
  const ordered = [...secrets].filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  return ordered.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
}

/** The values of all secret keys, as they stand in the files, whatever section they are in. */
export function secretsOf(layers: Layers): readonly string[] {
  const names = SCHEMA_KEYS.filter(({ spec }) => spec.isSecret === true).map(({ name }) => name.toLowerCase());
  const secrets = new Set<string>();
  for (const section of layers.sectionNames()) {
    for (const name of names) {
      const value = layers.entriesOf(section).get(name)?.value ?? "";
      if (value === "") continue;
      secrets.add(value);
      secrets.add(value.replaceAll("%%", "%"));
    }
  }
  return [...secrets];
}
