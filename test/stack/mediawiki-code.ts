/**
 * MediaWiki 1.39 and what it needs, from Debian packages. MediaWiki's own package is only unpacked: installing it would bring a
 * web server along. The package files are kept in node_modules/.cache, so that they are fetched once.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram, tryProgram } from "./run-program.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/wikidump-stack", import.meta.url));

/** The packages that must be installed; .ci/run does it. */
export const PACKAGES: readonly string[] = [
  "mariadb-server-core",
  "mariadb-client",
  "php-cli",
  "php-mysql",
  "php-xml",
  "php-mbstring",
  "php-intl",
  "php-bz2",
  "p7zip-full",
  "bzip2",
  "libxml2-utils",
];

/** Throws with the remedy when a package is absent. */
export async function requirePackages(): Promise<void> {
  const { stdout } = await tryProgram("dpkg-query", ["-W", "-f", "${Package} ${Status}\n", ...PACKAGES]);
  const text = new TextDecoder().decode(stdout);
  const missing = PACKAGES.filter((name) => !text.includes(`${name} install ok installed`));
  if (missing.length > 0) {
    throw new Error(
      `Debian packages are missing: apt-get install --no-install-recommends ${missing.join(" ")}`,
    );
  }
}

/** Unpacks MediaWiki to a directory that is not there yet. */
export async function unpackMediaWiki(directory: string): Promise<void> {
  const files = await packageFiles();
  const work = `${directory}.unpacking`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const file of files) await runProgram("dpkg-deb", ["-x", file, work]);
  const code = join(work, "usr/share/mediawiki");
  // Links into /var/lib/mediawiki, which is not here.
  for (const name of ["LocalSettings.php", "config", "extensions", "images"]) rmSync(join(code, name), { force: true });
  symlinkSync("extensions-core", join(code, "extensions"));
  mkdirSync(join(code, "images"));
  renameSync(code, directory);
  rmSync(work, { recursive: true, force: true });
}

async function packageFiles(): Promise<readonly string[]> {
  const names = ["mediawiki", "mediawiki-classes"];
  const cached = () =>
    names.map((name) => existsSync(CACHE) ? readdirSync(CACHE).find((file) => file.startsWith(`${name}_`)) : undefined)
      .filter((file) => file !== undefined).map((file) => join(CACHE, file));
  if (cached().length < names.length) {
    mkdirSync(CACHE, { recursive: true });
    const download = () => tryProgram("apt-get", ["-q", "download", ...names], { cwd: CACHE });
    // The second time with fresh lists: a new machine has none.
    if ((await download()).status !== 0) {
      await runProgram("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=600", "update"]);
      await download();
    }
  }
  const files = cached();
  if (files.length < names.length) throw new Error(`apt-get download ${names.join(" ")} did not give both in ${CACHE}`);
  for (const file of files) {
    if (!/_1%3a1\.39\./.test(file)) throw new Error(`${file} is not MediaWiki 1.39, which the tests are about`);
  }
  return files;
}
