/** The PHP files of the farm: one code tree, the settings of each wiki in a file of its own, the ports in another. */

/** `w/LocalSettings.php`: finds the wiki by `--wiki`, or by the first part of the URL's path. */
export function farmSettingsPhp(base: string): string {
  return `<?php
$stackBase = ${phpString(base)};
$stackWiki = defined( 'MW_DB' ) ? MW_DB : explode( '/', $_SERVER['REQUEST_URI'] ?? '' )[1] ?? '';
if ( !preg_match( '/^[a-z0-9_]+$/', $stackWiki ) || !is_file( "$stackBase/conf/$stackWiki/LocalSettings.php" ) ) {
	fwrite( fopen( 'php://stderr', 'w' ), "No such wiki: '$stackWiki'\\n" );
	http_response_code( 404 );
	exit( 1 );
}
require "$stackBase/conf/$stackWiki/LocalSettings.php";
require "$stackBase/conf/ports.php";
$wgCacheDirectory = "$stackBase/cache/$stackWiki";
# The same messages for all wikis of a language: they are put together once.
$wgLocalisationCacheConf['storeDirectory'] = "$stackBase/cache/messages";
$wgLocalisationCacheConf['store'] = 'files';
$wgUploadDirectory = "$stackBase/images/$stackWiki";
$wgMainCacheType = CACHE_NONE;
$wgMessageCacheType = CACHE_NONE;
$wgParserCacheType = CACHE_NONE;
$wgJobRunRate = 0;
$wgEnableEmail = false;
$wgShowExceptionDetails = true;
if ( is_file( "$stackBase/conf/$stackWiki/extra.php" ) ) {
	require "$stackBase/conf/$stackWiki/extra.php";
}
`;
}

/** `conf/ports.php`: what may be another in the next start of the same base. */
export function portsPhp(ports: { readonly database: number; readonly http: number }): string {
  return `<?php
$wgDBserver = '127.0.0.1:${ports.database}';
$wgServer = $wgCanonicalServer = 'http://127.0.0.1:${ports.http}';
`;
}

/** The router of PHP's own web server: \`/WIKI/api.php\` and \`/WIKI/index.php\`. */
export function routerPhp(base: string): string {
  return `<?php
if ( !preg_match( '#^/[a-z0-9_]+/(api|index)\\.php#', $_SERVER['REQUEST_URI'], $match ) ) {
	http_response_code( 404 );
	echo "Not here\\n";
	return true;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $match[0];
chdir( ${phpString(`${base}/w`)} );
require ${phpString(`${base}/w/`)} . $match[1] . '.php';
`;
}

/** A string as PHP writes it. */
function phpString(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}
