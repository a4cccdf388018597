/** What ends a document of dumpBackup.php. */
export const DOCUMENT_FOOTER: Uint8Array = new TextEncoder().encode("</mediawiki>\n");
