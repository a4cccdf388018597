/**
 * Speaks the protocol of fetchText.php, and has every fault that one can have. What it does with an address stands in the address:
 *
 *     tt:7            the text "text 7 " as often as makes 7 bytes … see textOf()
 *     absent          -1
 *     absent-once     -1 at the first question, a text later
 *     die-N           ends in the middle of the answer, the first N times
 *     hang-N          says nothing, the first N times
 *     complain-N      complains on stderr and goes on without an answer, the first N times
 *     swapped-N       answers for another address, the first N times
 *     garbage-N       prints what is no answer, the first N times
 *     slow            answers, byte by byte
 *
 * Arguments: a directory for what it must remember from start to start. If there is a file "away" in it, the database is away: the first
 * question ends the program. If there is a file "denies" in it, there are no texts at all.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import process from "node:process";
import { writeSync } from "node:fs";

const directory = process.argv[2];
const put = (text) => writeSync(1, text);
const say = (line) => writeSync(2, `${line}\n`);
appendFileSync(`${directory}/starts`, `${process.pid}\n`);

/** Whether this is one of the first N times. */
function isEarly(name, count) {
  const path = `${directory}/${name}`;
  const times = existsSync(path) ? readFileSync(path).length : 0;
  appendFileSync(path, "x");
  return times < count;
}

function textOf(address) {
  const number = Number(/[0-9]+$/.exec(address)?.[0] ?? 0);
  return `text ${number} with ünïcode and\nline ends `.repeat(number % 50);
}

function answer(address, text = textOf(address)) {
  put(`${address}\n${Buffer.byteLength(text)}\n${text}`);
}

const FAULTS = {
  die: (address) => {
    put(`${address}\n1000\nthe beginning`);
    process.exit(1);
  },
  hang: () => undefined,
  complain: () =>
    say("Wikimedia\\Rdbms\\DBConnectionError from line 1 of LoadBalancer.php: Cannot access the database"),
  swapped: () => answer("tt:99"),
  garbage: () => put("PHP Warning: something is odd\nnot a number\n"),
};

for await (const line of createInterface({ input: process.stdin })) {
  if (existsSync(`${directory}/away`)) {
    say("Wikimedia\\Rdbms\\DBConnectionError from line 1477: Cannot access the database: Connection refused");
    process.exit(1);
  }
  const address = line.includes(":") || !/^[0-9]+$/.test(line) ? line : `tt:${line}`;
  const [, fault, count] = /^([a-z]+)-([0-9]+)$/.exec(address) ?? [];
  if (existsSync(`${directory}/denies`) || address === "absent") put(`${address}\n-1\n`);
  else if (address === "absent-once" && isEarly(address, 1)) put(`${address}\n-1\n`);
  else if (fault in FAULTS && isEarly(address, Number(count))) FAULTS[fault](address);
  else if (address === "slow") {
    for (const byte of Buffer.from(`slow\n300\n${"x".repeat(300)}`)) {
      put(Buffer.from([byte]));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  } else answer(address);
}
