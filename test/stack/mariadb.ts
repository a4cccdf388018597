/** MariaDB of the stack: a data directory below the base, on loopback, with users for MediaWiki and for the dump worker. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, tryProgram } from "./run-program.ts";
import { type ServerPlan, startServer, stopServer } from "./server-process.ts";

/** The user that a dump worker is given: it may read and lock, nothing else. */
export const DUMP_USER = { name: "dump", password: "dump-pass #1" } as const;
export const MEDIAWIKI_USER = { name: "mediawiki", password: "mediawiki-pass" } as const;

export class MariaDb {
  readonly socket: string;
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly #directory: string;

  constructor(directory: string, port: number) {
    this.#directory = directory;
    this.port = port;
    this.socket = join(directory, "mysqld.sock");
    if (this.socket.length > 100) {
      throw new Error(`${this.socket} is too long for a socket: give a base directory with a shorter path`);
    }
  }

  /** The server as a process. */
  plan(): ServerPlan {
    const at = (name: string) => join(this.#directory, name);
    return {
      name: "MariaDB",
      pidFile: at("pid"),
      logFile: at("log"),
      file: "/usr/sbin/mariadbd",
      args: [
        "--no-defaults",
        "--user=root",
        `--datadir=${at("data")}`,
        `--socket=${this.socket}`,
        `--pid-file=${at("mariadbd.pid")}`,
        "--bind-address=127.0.0.1",
        `--port=${this.port}`,
        "--character-set-server=binary",
        "--max-allowed-packet=64M",
        "--innodb-buffer-pool-size=128M",
        "--innodb-log-file-size=96M",
        // What a power cut would lose does not matter here.
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--skip-name-resolve",
        "--performance-schema=OFF",
      ],
      isReady: async () => (await this.#mysql("", "select 1")).status === 0,
    };
  }

  /** Makes the data directory if it is not there, and starts the server. */
  async start(): Promise<void> {
    const data = join(this.#directory, "data");
    const isNew = !existsSync(data);
    if (isNew) {
      mkdirSync(this.#directory, { recursive: true });
      rmSync(`${data}.new`, { recursive: true, force: true });
      await runProgram("mariadb-install-db", [
        "--no-defaults",
        "--user=root",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        `--datadir=${data}.new`,
      ]);
      renameSync(`${data}.new`, data);
    }
    await startServer(this.plan());
    // Each time: making the users may have been what a killed run did not come to.
    await this.sql("", usersSql());
  }

  async stop(): Promise<void> {
    await stopServer(this.plan());
  }

  /** Runs SQL as root; rows as tab-separated lines with mysql's escapes, without a line of names. */
  async sql(database: string, statements: string): Promise<string> {
    const result = await this.#mysql(database, statements);
    if (result.status !== 0) throw new Error(`mysql: ${result.stderr.trim()} in ${statements.slice(0, 500)}`);
    return new TextDecoder().decode(result.stdout);
  }

  /** The arguments of a `mysql` that is root here. */
  rootArgs(database: string): readonly string[] {
    return [
      "--no-defaults",
      "-uroot",
      `--socket=${this.socket}`,
      "--default-character-set=binary",
      "--max-allowed-packet=64M",
      "--batch",
      "--skip-column-names",
      ...(database === "" ? [] : [database]),
    ];
  }

  /** Writes the option file that `[database] client_config_file` names. */
  writeClientConfig(path: string): void {
    writeFileSync(path, `[client]\nuser=${DUMP_USER.name}\npassword="${DUMP_USER.password}"\n`, { mode: 0o600 });
  }

  #mysql(database: string, statements: string) {
    return tryProgram("mysql", this.rootArgs(database), { input: statements });
  }
}

function usersSql(): string {
  const user = ({ name, password }: { name: string; password: string }, rights: string) =>
    `create user if not exists '${name}'@'127.0.0.1' identified by '${password}'; ` +
    `grant ${rights} on *.* to '${name}'@'127.0.0.1';\n`;
  return user(MEDIAWIKI_USER, "all privileges") + user(DUMP_USER, "select, lock tables, show view");
}
