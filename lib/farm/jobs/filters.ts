/**
 * Which pages belong to which dump. The reference's "articles" leave out talk pages and user pages; everything else
 * (templates, categories, project pages …) is in.
 */
import type { PageHead } from "../../dump/reading/model.ts";

const USER_NAMESPACE = 2;

export type PageFilter = (page: PageHead) => boolean;

/** Every page. */
export function everyPage(_page: PageHead): boolean {
  return true;
}

/** Pages that are neither talk (odd namespaces) nor user pages. */
export function articlesOnly(page: PageHead): boolean {
  const isTalk = page.namespace > 0 && page.namespace % 2 === 1;
  return !isTalk && page.namespace !== USER_NAMESPACE;
}
