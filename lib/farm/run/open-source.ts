/** Which source a wiki has, from its settings. */
import { ConfigError } from "../../errors.ts";
import type { WikiSettings } from "../config/schema.ts";
import { exportSource } from "../source/export-source.ts";
import type { WikiSource } from "../source/source.ts";

/** The source of a wiki's content. Throws ConfigError for one that cannot be read yet. */
export function openSource(wiki: string, settings: WikiSettings): WikiSource {
  if (settings.wiki.source === "export") return exportSource(wiki, settings.wiki.export);
  const message = `The content of ${wiki} is to come from a MediaWiki installation, which this version cannot read yet`;
  throw new ConfigError("BAD_VALUE", message, { file: "", section: wiki, key: "source" }, {
    remedy:
      "Set export= in [wiki] or in the section of the wiki, to the file or directory of a full-history XML export",
  });
}
