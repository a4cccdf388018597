import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOptions, parseDatabaseHost } from "../../../lib/farm/mediawiki/database-host.ts";

const CASES: readonly (readonly [text: string, options: readonly string[]])[] = [
  ["127.0.0.1:33306", ["-h", "127.0.0.1", "--port", "33306"]],
  ["db1.example.org", ["-h", "db1.example.org"]],
  ["db-1:3317", ["-h", "db-1", "--port", "3317"]],
  // To mysql, localhost means a socket, and no port.
  ["localhost", ["-h", "localhost"]],
  ["localhost:3307", ["-h", "127.0.0.1", "--port", "3307"]],
  ["localhost:/run/my.sock", ["-h", "localhost", "--socket=/run/my.sock"]],
  [":/run/my.sock", ["-h", "localhost", "--socket=/run/my.sock"]],
  ["[::1]:3306", ["-h", "::1", "--port", "3306"]],
  ["[2001:db8::7]", ["-h", "2001:db8::7"]],
  ["::1", ["-h", "::1"]],
  ["2001:db8::7", ["-h", "2001:db8::7"]],
];

for (const [text, options] of CASES) {
  test(`server ${text} is mysql ${options.join(" ")}`, () => {
    const server = parseDatabaseHost(text);
    assert.ok(server !== undefined);
    assert.deepEqual(hostOptions(server), options);
  });
}

test("what is no server is not taken for one", () => {
  for (
    const text of [
      "",
      "-hevil",
      "--port=3",
      "a b",
      "db:",
      "db:0",
      "db:70000",
      "db:x",
      "PHP Notice:  x in y",
      "{}",
      "[::1",
      "x:y:z",
    ]
  ) {
    assert.equal(parseDatabaseHost(text), undefined, text);
  }
});
