/**
 * A real MediaWiki farm for tests: MediaWiki 1.39 on MariaDB and PHP's own web server, on loopback, all below one directory.
 *
 * The directory is a temporary one, which goes away at the end, or that of WIKIDUMP_STACK_BASE, which is kept from one run of the
 * tests to the next. Ports are free ones. Servers end with the process that started them, however it ends; another process that
 * opens the same base uses those that run, and starts those that do not.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { MariaDb, MEDIAWIKI_USER } from "./mariadb.ts";
import { requirePackages, unpackMediaWiki } from "./mediawiki-code.ts";
import { recipe } from "./recipe.ts";
import { killPrograms, type ProgramOptions, runProgram } from "./run-program.ts";
import { isOurServer, serverPid, type ServerPlan, startServer, stopServer } from "./server-process.ts";
import { farmSettingsPhp, portsPhp, routerPhp } from "./settings-php.ts";

/** A wiki of the farm: how it is made. */
export interface WikiSpec {
  readonly name: string;
  readonly siteName: string;
  readonly language?: string;
  readonly isPrivate?: boolean;
  /** $wgDBprefix. */
  readonly tablePrefix?: string;
  /** More PHP of its settings. */
  readonly settings?: string;
  /** Fills it, after the installer made it. */
  readonly fill?: (stack: Stack, wiki: string) => Promise<void>;
}

/** Choices of `startStack`. */
export interface StackOptions {
  /** Default: WIKIDUMP_STACK_BASE, else a temporary directory. */
  readonly base?: string;
  /** Told what goes on. */
  readonly log?: (line: string) => void;
}

const MARKER = "wikidump-stack.json";

/** Starts a farm without wikis, or the one that lies in the base. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const given = options.base ?? process.env["WIKIDUMP_STACK_BASE"];
  const isTemporary = given === undefined || given === "";
  const base = isTemporary ? mkdtempSync(join(tmpdir(), "wikidump-stack-")) : given;
  mkdirSync(base, { recursive: true });
  const stack = new Stack(base, { isTemporary, log: options.log ?? (() => {}), ports: await portsOf(base) });
  if (isTemporary) process.on("exit", () => stack.vanish());
  await stack.start();
  return stack;
}

interface Ports {
  readonly database: number;
  readonly http: number;
}

/** The ports of last time if its servers run or nobody else has them; else free ones. */
async function portsOf(base: string): Promise<Ports> {
  const marker = join(base, MARKER);
  const before = existsSync(marker) ? JSON.parse(readFileSync(marker, "utf8")) as Ports : undefined;
  if (before !== undefined) {
    const isOurs = serverPid(new MariaDb(join(base, "db"), before.database).plan()) !== undefined;
    if (isOurs || (await isFree(before.database) && await isFree(before.http))) return before;
  }
  const ports = { database: await freePort(), http: await freePort() };
  writeFileSync(marker, JSON.stringify(ports));
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** A running farm. */
export class Stack {
  readonly base: string;
  /** The directory of MediaWiki's code: `[wiki] dir`. */
  readonly mediaWikiDirectory: string;
  /** `[database] client_config_file`. */
  readonly clientConfig: string;
  readonly database: MariaDb;
  readonly httpPort: number;
  readonly #options: { readonly isTemporary: boolean; readonly log: (line: string) => void; readonly ports: Ports };

  constructor(
    base: string,
    options: { readonly isTemporary: boolean; readonly log: (line: string) => void; readonly ports: Ports },
  ) {
    this.base = base;
    this.#options = options;
    this.mediaWikiDirectory = join(base, "w");
    this.clientConfig = join(base, "dump-client.cnf");
    this.database = new MariaDb(join(base, "db"), options.ports.database);
    this.httpPort = options.ports.http;
  }

  log(line: string): void {
    this.#options.log(line);
  }

  /** Starts what does not run. */
  async start(): Promise<void> {
    await requirePackages();
    for (const name of ["conf", "cache/messages", "images"]) mkdirSync(join(this.base, name), { recursive: true });
    const jobs: Promise<void>[] = [this.database.start()];
    if (!existsSync(this.mediaWikiDirectory)) jobs.push(unpackMediaWiki(this.mediaWikiDirectory));
    for (const result of await Promise.allSettled(jobs)) {
      if (result.status === "rejected") throw result.reason;
    }
    this.database.writeClientConfig(this.clientConfig);
    writeFileSync(join(this.base, "conf/ports.php"), portsPhp(this.#options.ports));
    writeFileSync(join(this.mediaWikiDirectory, "LocalSettings.php"), farmSettingsPhp(this.base));
    writeFileSync(join(this.base, "router.php"), routerPhp(this.base));
    await this.startApi();
    this.log(`MediaWiki ${this.mediaWikiDirectory}, MariaDB 127.0.0.1:${this.database.port}, ${this.address}`);
  }

  /** Ends the servers that this process started; a temporary farm goes away, without the pains of an orderly end. */
  async stop(): Promise<void> {
    if (this.#options.isTemporary) return this.vanish();
    if (isOurServer(this.#apiPlan())) await this.stopApi();
    if (isOurServer(this.database.plan())) await this.database.stop();
  }

  /** Ends the servers, whoever started them, and removes everything. */
  async destroy(): Promise<void> {
    await this.stopApi();
    await this.database.stop();
    if (existsSync(join(this.base, MARKER))) rmSync(this.base, { recursive: true, force: true });
  }

  /** Kills and removes everything at once, in whatever state it is: also at the exit of the process. */
  vanish(): void {
    killPrograms();
    for (const plan of [this.#apiPlan(), this.database.plan()]) {
      const pid = serverPid(plan);
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    }
    // What was killed may be seen to write for another moment.
    rmSync(this.base, { recursive: true, force: true, maxRetries: 100, retryDelay: 50 });
  }

  /** Where the web server answers. */
  get address(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  async startApi(): Promise<void> {
    await startServer(this.#apiPlan());
  }

  async stopApi(): Promise<void> {
    await stopServer(this.#apiPlan());
  }

  #apiPlan(): ServerPlan {
    return {
      name: "PHP's web server",
      pidFile: join(this.base, "http.pid"),
      logFile: join(this.base, "http.log"),
      file: "php",
      args: ["-d", "opcache.enable_cli=1", "-S", `127.0.0.1:${this.httpPort}`, join(this.base, "router.php")],
      isReady: async () => {
        try {
          await (await fetch(`${this.address}/`)).text();
          return true;
        } catch {
          return false;
        }
      },
    };
  }

  /** Makes a wiki, unless it is there. One that was not finished is made anew. */
  async addWiki(spec: WikiSpec): Promise<void> {
    if (this.hasWiki(spec.name)) return;
    const startMs = performance.now();
    await this.dropWiki(spec.name);
    const conf = join(this.base, "conf", spec.name);
    for (const name of ["conf", "cache", "images"]) mkdirSync(join(this.base, name, spec.name), { recursive: true });
    await runProgram("php", [`${this.mediaWikiDirectory}/maintenance/install.php`, ...this.#installArgs(spec, conf)], {
      // The installer refuses to run where settings are: it must not see those of the farm.
      env: { MW_CONFIG_FILE: join(conf, "LocalSettings.php") },
    });
    const isPrivate = spec.isPrivate === true ? "$wgGroupPermissions['*']['read'] = false;\n" : "";
    writeFileSync(join(conf, "extra.php"), `<?php\n${isPrivate}${spec.settings ?? ""}\n`);
    await spec.fill?.(this, spec.name);
    writeFileSync(join(conf, "finished"), recipe());
    this.log(`${spec.name}: made in ${Math.round(performance.now() - startMs)} ms`);
  }

  #installArgs(spec: WikiSpec, conf: string): readonly string[] {
    const { name, password } = MEDIAWIKI_USER;
    const options = {
      dbtype: "mysql",
      dbserver: `127.0.0.1:${this.database.port}`,
      dbname: spec.name,
      dbprefix: spec.tablePrefix ?? "",
      dbuser: name,
      dbpass: password,
      installdbuser: name,
      installdbpass: password,
      server: this.address,
      scriptpath: `/${spec.name}`,
      lang: spec.language ?? "en",
      pass: "Pass-of-the-Admin-123456",
      confpath: conf,
    };
    return [...Object.entries(options).map(([key, value]) => `--${key}=${value}`), spec.siteName, "Admin"];
  }

  /** Whether a wiki is there, finished, and made as it would be made today. */
  hasWiki(wiki: string): boolean {
    const file = join(this.base, "conf", wiki, "finished");
    return existsSync(file) && readFileSync(file, "utf8") === recipe();
  }

  /** Removes a wiki. */
  async dropWiki(wiki: string): Promise<void> {
    for (const name of ["conf", "cache", "images"]) {
      rmSync(join(this.base, name, wiki), { recursive: true, force: true });
    }
    await this.sql("", `drop database if exists \`${wiki}\``);
  }

  /** Adds PHP to a wiki's settings. */
  addSettings(wiki: string, php: string): void {
    const file = join(this.base, "conf", wiki, "extra.php");
    writeFileSync(file, `${readFileSync(file, "utf8")}${php}\n`);
  }

  /** The wiki's table prefix, from its own settings. */
  tablePrefix(wiki: string): string {
    const text = readFileSync(join(this.base, "conf", wiki, "LocalSettings.php"), "utf8");
    return /^\$wgDBprefix = "(.*)";$/m.exec(text)?.[1] ?? "";
  }

  /** Runs a maintenance script. */
  maintenance(wiki: string, script: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    const file = join(this.mediaWikiDirectory, "maintenance", script);
    return runProgram("php", [file, `--wiki=${wiki}`, ...args], options);
  }

  /** Runs SQL as root; rows as tab-separated lines with mysql's escapes. */
  sql(database: string, statements: string): Promise<string> {
    return this.database.sql(database, statements);
  }

  /** Asks the API. */
  async api(wiki: string, query: string): Promise<unknown> {
    const answer = await fetch(`${this.address}/${wiki}/api.php?${query}`);
    return await answer.json();
  }
}
