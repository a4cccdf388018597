/** The index that lies beside a multistream dump. */
import { access } from "node:fs/promises";
import { indexNameFor } from "../io/open-index.ts";
import { isUrl } from "../io/open-source.ts";

/** The path of the index beside a dump, if there is one; never for a URL, whose server would have to be asked. */
export async function indexBeside(dumpName: string): Promise<string | undefined> {
  const name = isUrl(dumpName) ? undefined : indexNameFor(dumpName);
  if (name === undefined) return undefined;
  try {
    await access(name);
    return name;
  } catch {
    return undefined;
  }
}
