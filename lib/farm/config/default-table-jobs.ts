/**
 * The tables that are dumped where [wiki] names no `tablejobs`, in order. A wiki that lacks one goes without.
 */
/** A job that dumps one table. */
export interface TableJob {
  /** Without the wiki's prefix. */
  readonly table: string;
  readonly job: string;
  readonly description: string;
}

const TABLES: readonly (readonly [table: string, job: string, description: string])[] = [
  ["site_stats", "sitestats", "Totals of the wiki: pages, articles, edits, users, files"],
  ["image", "image", "Files that were uploaded: name, size, type, uploader"],
  ["pagelinks", "pagelinks", "Links from page to page within the wiki"],
  ["categorylinks", "categorylinks", "Which pages are in which categories"],
  ["imagelinks", "imagelinks", "Which pages show which files"],
  ["templatelinks", "templatelinks", "Which pages include which templates"],
  ["externallinks", "externallinks", "Links from pages to the web outside"],
  ["langlinks", "langlinks", "Links from pages to the same subject in other languages"],
  ["user_groups", "usergroups", "Which users are in which groups"],
  ["user_former_groups", "userformergroups", "Which groups users were in before"],
  ["category", "category", "Categories, with the numbers of their members"],
  ["page", "page", "Pages: id, title, latest revision, length, flags"],
  ["page_restrictions", "pagerestrictions", "Pages that are protected, and how"],
  ["page_props", "pageprops", "Properties of pages, by name"],
  ["protected_titles", "protectedtitles", "Titles that cannot be created"],
  ["redirect", "redirect", "Where redirects lead"],
  ["iwlinks", "iwlinks", "Links from pages to other wikis"],
  ["geo_tags", "geotags", "Coordinates that pages state"],
  ["change_tag", "changetags", "Tags of edits and of log entries"],
  ["change_tag_def", "changetagdef", "Names of tags, with how often each is used"],
  ["flaggedpages", "flaggedpages", "FlaggedRevs: the reviewed version of each page"],
  ["flaggedrevs", "flaggedrevs", "FlaggedRevs: revisions that were reviewed"],
  ["wb_items_per_site", "wbitemspersite", "Wikibase: items and the pages that they belong to"],
  ["wb_terms", "wbterms", "Wikibase: labels, descriptions and aliases of entities"],
  ["wb_entity_per_page", "wbentityperpage", "Wikibase: entities and the pages that hold them"],
  ["wb_property_info", "wbpropertyinfo", "Wikibase: properties and their data types"],
  ["wb_changes_subscription", "wbchangessubscription", "Wikibase: wikis that are told of changes of an entity"],
  ["sites", "sites", "Sites that the wiki knows by name"],
  ["globalimagelinks", "globalimagelinks", "Which pages of other wikis show files of this one"],
  ["wbc_entity_usage", "wbcentityusage", "Wikibase: which pages use which entities"],
  ["babel", "babel", "Languages that users say they speak, and how well"],
];

export const DEFAULT_TABLE_JOBS: readonly TableJob[] = TABLES.map(([table, job, description]) => ({
  table,
  job: `${job}table`,
  description,
}));
