/** Python's own configparser as an oracle: one process that answers one question per line. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { createInterface, type Interface } from "node:readline";

/** What Python made of some files: sections with keys, each value raw and with references replaced (null: an error). */
export interface PythonReading {
  readonly errorLines?: readonly number[];
  readonly sections?: Readonly<Record<string, Readonly<Record<string, { raw: string; value: string | null }>>>>;
  readonly defaults?: Readonly<Record<string, string>>;
}

const PROGRAM = `
import configparser, io, json, sys
for question in sys.stdin:
    parser = configparser.ConfigParser(strict=False)
    try:
        for text in json.loads(question):
            parser.read_file(io.StringIO(text, newline=None))
    except configparser.MissingSectionHeaderError as error:
        answer = {"errorLines": [error.lineno]}
    except configparser.ParsingError as error:
        answer = {"errorLines": [number for number, line in error.errors]}
    else:
        sections = {}
        for section in parser.sections():
            sections[section] = {}
            for key in parser.options(section):
                try:
                    value = parser.get(section, key)
                except configparser.InterpolationError:
                    value = None
                sections[section][key] = {"raw": parser.get(section, key, raw=True), "value": value}
        answer = {"sections": sections, "defaults": dict(parser.defaults())}
    print(json.dumps(answer), flush=True)
`;

/** A running oracle; call `close` when done. */
export class PythonConfigParser {
  readonly #child: ChildProcessWithoutNullStreams = spawn("python3", ["-c", PROGRAM]);
  readonly #lines: Interface = createInterface({ input: this.#child.stdout });
  readonly #waiting: ((line: string) => void)[] = [];

  constructor() {
    this.#lines.on("line", (line) => this.#waiting.shift()?.(line));
    this.#child.stderr.pipe(process.stderr);
  }

  /** Reads files one after the other into one parser. */
  read(...texts: readonly string[]): Promise<PythonReading> {
    return new Promise((resolve) => {
      this.#waiting.push((line) => resolve(JSON.parse(line) as PythonReading));
      this.#child.stdin.write(`${JSON.stringify(texts)}\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
    this.#lines.close();
  }
}
