import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { standardOutput } from "../../lib/host/terminal.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

interface Traits {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly hasCursor: boolean;
  readonly hasColor: boolean;
}

const SCRIPT = fileURLToPath(new URL("../support/fixtures/show-terminal.ts", import.meta.url));
const COMMAND = [process.execPath, "--import", "tsx", SCRIPT];

/** What a process with these variables finds out about its stdout: a pipe, or a terminal 100 characters wide. */
function traitsWith(env: Readonly<Record<string, string>>, kind: "pipe" | "terminal"): Traits {
  const { NO_COLOR: _, FORCE_COLOR: _force, COLUMNS: _columns, TERM: _term, ...rest } = process.env;
  const program = "import fcntl,pty,struct,sys,termios\n" +
    "def read(fd):\n  fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))\n  return __import__('os').read(fd, 1024)\n" +
    "pty.spawn(['sh', '-c', 'stty cols 100; exec \"$@\"', 'sh'] + sys.argv[1:], read)";
  const [file = "", ...args] = kind === "pipe" ? COMMAND : ["python3", "-c", program, ...COMMAND];
  const { stdout, stderr } = spawnSync(file, args, { env: { ...rest, ...env }, encoding: "utf8", input: "" });
  const json = /\{.*\}/.exec(stdout)?.[0];
  assert.ok(json !== undefined, `no answer: ${stdout} ${stderr}`);
  return JSON.parse(json) as Traits;
}

describe("a pipe", () => {
  test("is no terminal and has no colour, unless it is forced", () => {
    assert.deepEqual(traitsWith({ TERM: "xterm" }, "pipe"), {
      isTerminal: false,
      columns: 80,
      hasCursor: false,
      hasColor: false,
    });
    assert.equal(traitsWith({ FORCE_COLOR: "1" }, "pipe").hasColor, true);
    assert.equal(traitsWith({ FORCE_COLOR: "0" }, "pipe").hasColor, false);
  });

  test("is as wide as COLUMNS says", () => {
    assert.equal(traitsWith({ COLUMNS: "132" }, "pipe").columns, 132);
    assert.equal(traitsWith({ COLUMNS: "wide" }, "pipe").columns, 80);
  });
});

describe("a terminal", { skip: skipWithoutCommand("python3") }, () => {
  test("has a width, a cursor and colour", () => {
    assert.deepEqual(traitsWith({ TERM: "xterm" }, "terminal"), {
      isTerminal: true,
      columns: 100,
      hasCursor: true,
      hasColor: true,
    });
  });

  test("that is dumb has neither cursor nor colour", () => {
    assert.deepEqual(traitsWith({ TERM: "dumb" }, "terminal"), {
      isTerminal: true,
      columns: 100,
      hasCursor: false,
      hasColor: false,
    });
  });

  test("has no colour with NO_COLOR, even when it is forced", () => {
    assert.equal(traitsWith({ TERM: "xterm", NO_COLOR: "1" }, "terminal").hasColor, false);
    assert.equal(traitsWith({ TERM: "xterm", NO_COLOR: "1", FORCE_COLOR: "1" }, "terminal").hasColor, false);
    assert.equal(traitsWith({ TERM: "xterm", NO_COLOR: "" }, "terminal").hasColor, true);
  });
});

test("asking for stdout again and again leaves no listeners behind", () => {
  standardOutput();
  const before = process.stdout.listenerCount("error");
  for (let count = 0; count < 20; count++) standardOutput();
  assert.equal(process.stdout.listenerCount("error"), before);
});
