/** Every verb of bzdump with files on servers that fail in every way: a real server on this machine. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { FILE, FILES } from "./faults.ts";
import { checkRemedy, checkWords, KNOWN, leftOvers, place, run } from "./run-trial.ts";

/** What the server does from the second request on; the first one asks for the size. */
const BEHAVIOURS = {
  "ranges": 0,
  "no ranges": 74,
  "status 404": 74,
  "status 403": 74,
  "status 503": 74,
  "a connection that breaks": 74,
  "too few bytes": 74,
  "another file with another tag": 74,
  "another file with another size": 74,
} as const;
type Behaviour = keyof typeof BEHAVIOURS;

let file: Uint8Array = FILE;
let behaviour: Behaviour = "ranges";
let requests = 0;

function answer(request: IncomingMessage, response: ServerResponse): void {
  requests++;
  const status = /^status (\d+)$/.exec(behaviour)?.[1];
  if (status !== undefined) return void response.writeHead(Number(status)).end("a page of the server");
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  if (first === undefined || behaviour === "no ranges") {
    return void response.writeHead(200, { "content-length": file.length }).end(file);
  }
  const end = Math.min(Number(last) + 1, file.length);
  const part = file.subarray(Number(first), end);
  const isLater = requests > 1;
  const size = isLater && behaviour === "another file with another size" ? file.length + 10 : file.length;
  const etag = isLater && behaviour === "another file with another tag" ? '"two"' : '"one"';
  const head = { "content-range": `bytes ${first}-${end - 1}/${size}`, etag };
  if (isLater && behaviour === "too few bytes") {
    return void response.writeHead(206, head).end(part.subarray(0, part.length >> 1));
  }
  if (isLater && behaviour === "a connection that breaks") {
    response.writeHead(206, { ...head, "content-length": part.length });
    response.write(part.subarray(0, part.length >> 1), () => response.destroy());
    return;
  }
  response.writeHead(206, head).end(part);
}

const server = createServer(answer);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const URL_ = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bad.xml-p1p127.bz2`;
after(() => {
  server.closeAllConnections();
  server.close();
});

for (const [name, trial] of KNOWN) {
  for (const [way, code] of Object.entries(BEHAVIOURS)) {
    test(`${name}: ${way}`, async () => {
      [file, behaviour, requests] = [trial.good ?? FILE, way as Behaviour, 0];
      const { out, directory } = place(undefined, trial);
      const outcome = await run(name, trial.args(URL_, out));
      assert.equal(outcome.code, code, outcome.stderr);
      checkWords(outcome, URL_);
      if (code === 0) return;
      assert.match(outcome.stderr, /https?:\/\/127\.0\.0\.1:\d+\/bad/);
      checkRemedy(outcome);
      assert.deepEqual(leftOvers(directory), []);
    });
  }

  test(`${name}: a cut file on a server is told as on disk`, async () => {
    const { bytes } = (trial.bad ?? FILES)["cut-in-the-middle"];
    [file, behaviour, requests] = [bytes, "ranges", 0];
    const onServer = place(undefined, trial);
    const onDisk = place(bytes, trial);
    const far = await run(name, trial.args(URL_, onServer.out));
    const near = await run(name, trial.args(onDisk.file, onDisk.out));
    assert.equal(far.code, near.code, far.stderr);
    assert.equal(
      far.stderr.replaceAll(URL_, "FILE").replaceAll(onServer.directory, ""),
      near.stderr.replaceAll(onDisk.file, "FILE").replaceAll(onDisk.directory, ""),
    );
  });
}

test("a server that cannot be reached is told with what can be done", async () => {
  const [, cat] = KNOWN.find(([name]) => name === "cat")!;
  const outcome = await run("cat", cat.args("http://127.0.0.1:9/nothing.bz2", ""));
  assert.equal(outcome.code, 74);
  checkRemedy(outcome);
});
