import assert from "node:assert/strict";
import { test } from "node:test";
import { errorAsJson, writeJson } from "../../lib/cli/output.ts";
import { Bzip2Error, ConfigError } from "../../lib/errors.ts";
import { memorySink } from "../support/memory-sink.ts";

test("a result is one line of JSON that starts with its schema", async () => {
  const sink = memorySink();
  await writeJson(sink, "bzdump/find-page@1", { pageId: 7, bitOffset: 2n ** 60n, title: "A\nB" });
  assert.equal(
    sink.text(),
    '{"schema":"bzdump/find-page@1","pageId":7,"bitOffset":"1152921504606846976","title":"A\\nB"}\n',
  );
});

test("an error of ours is JSON with its code, its exit code and its place", () => {
  const place = { bitOffset: 32, streamIndex: 0, blockIndex: 3, bytesBefore: 900 };
  const error = new Bzip2Error("BLOCK_CRC", "Block checksum mismatch", place, {
    remedy: "Fetch it again",
    cause: new Error("c"),
  });
  assert.deepEqual(JSON.parse(errorAsJson(error)), {
    schema: "wikidump/error@1",
    name: "Bzip2Error",
    code: "BLOCK_CRC",
    message: "Block checksum mismatch",
    remedy: "Fetch it again",
    exitCode: 3,
    ...place,
  });
  const { file, line } = JSON.parse(errorAsJson(new ConfigError("SYNTAX", "x", { file: "a.conf", line: 3 })));
  assert.deepEqual([file, line], ["a.conf", 3]);
});

test("another error is JSON too, without its inner parts", () => {
  const error = Object.assign(new TypeError("boo"), { secret: 1 });
  assert.deepEqual(JSON.parse(errorAsJson(error)), {
    schema: "wikidump/error@1",
    name: "TypeError",
    code: "UNEXPECTED",
    message: "boo",
    remedy: "",
    exitCode: 70,
  });
  assert.equal(JSON.parse(errorAsJson("boo")).name, "Error");
});
