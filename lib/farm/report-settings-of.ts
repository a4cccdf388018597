/** The pieces of a wiki's settings that reports need: where configuration and report meet. */
import type { WikiSettings } from "./config/schema.ts";
import type { ReportSettings } from "./report/report-settings.ts";

export function reportSettingsOf(settings: WikiSettings): ReportSettings {
  const { webroot, index, perdumpindex, templatedir, fileperms } = settings.output;
  return {
    webRoot: webroot,
    indexName: index,
    runPageName: perdumpindex,
    templateDirectory: templatedir === "" ? undefined : templatedir,
    fileMode: fileperms,
  };
}
