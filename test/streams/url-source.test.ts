import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { cachedSource } from "../../lib/streams/cached-source.ts";
import { urlSource } from "../../lib/streams/url-source.ts";

const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => i * 31);
let tag = '"one"';
let base = "";
const seen: { path: string; authorization: string | undefined }[] = [];

/** Answers ranges as a web server for files does. */
function sendRange(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const condition = request.headers["if-range"];
  if (range === null || (condition !== undefined && condition !== tag)) {
    response.writeHead(200, { "content-length": bytes.length, etag: tag }).end(bytes);
    return;
  }
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
  if (start >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(206, { "content-range": `bytes ${start}-${end}/${bytes.length}`, etag: tag });
  response.end(bytes.subarray(start, end + 1));
}

const server = createServer((request, response) => {
  const path = request.url ?? "";
  seen.push({ path, authorization: request.headers.authorization });
  if (path === "/file") sendRange(request, response, BYTES);
  else if (path === "/empty") sendRange(request, response, new Uint8Array());
  else if (path === "/whole") response.writeHead(200, { "content-length": BYTES.length }).end(BYTES);
  else if (path === "/moved") response.writeHead(302, { location: "/file" }).end();
  else if (path === "/broken") response.writeHead(503).end("busy");
  else if (path === "/short") response.writeHead(206, { "content-range": "bytes 0-0/100" }).end("x");
  else if (path === "/elsewhere") {
    response.writeHead(206, { "content-range": "bytes 0-0/100" }).end("x");
  } else if (path === "/hangs") { /* never answers */ }
  else response.writeHead(404).end("no");
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("urlSource reads ranges from a server, also through a redirect", async () => {
  for (const path of ["/file", "/moved"]) {
    const source = await urlSource(base + path);
    assert.equal(source.size, BYTES.length);
    for (const [start, end] of [[0, 1], [100, 4000], [4990, 9000], [7000, 8000]] as const) {
      assert.deepEqual(await source.read(start, end), BYTES.slice(start, end), `${start} to ${end}`);
    }
  }
});

test("urlSource knows the size of an empty file", async () => {
  const source = await urlSource(`${base}/empty`);
  assert.equal(source.size, 0);
  assert.equal((await source.read(0, 10)).length, 0);
});

test("urlSource sends the headers it was given with every request", async () => {
  const source = await urlSource(`${base}/file`, { headers: { authorization: "Basic abc" } });
  await source.read(0, 5);
  assert.deepEqual(seen.slice(-2).map(({ authorization }) => authorization), ["Basic abc", "Basic abc"]);
});

test("urlSource tells a missing file, a server without ranges, and one that fails", async () => {
  await assert.rejects(urlSource(`${base}/nothing`), { name: "SourceError", code: "NOT_FOUND" });
  await assert.rejects(urlSource(`${base}/whole`), { code: "NO_RANGES", remedy: /Download/ });
  await assert.rejects(urlSource(`${base}/broken`), { code: "READ", message: /status 503/ });
  await assert.rejects(urlSource("http://127.0.0.1:1/x"), { code: "READ", message: /request failed/ });
});

test("urlSource notices that the file on the server was replaced", async () => {
  const source = await urlSource(`${base}/file`);
  await source.read(0, 5);
  tag = '"two"';
  try {
    await assert.rejects(source.read(5, 10), { code: "CHANGED" });
  } finally {
    tag = '"one"';
  }
});

test("urlSource does not take a short answer for the whole range", async () => {
  const source = await urlSource(`${base}/short`);
  await assert.rejects(source.read(0, 50), { code: "READ", message: /sent 1 bytes instead of 50/ });
});

test("urlSource does not take another part of the file for the one it asked for", async () => {
  const source = await urlSource(`${base}/elsewhere`);
  await assert.rejects(source.read(7, 8), { code: "READ", message: /from 7 on, and sent "bytes 0-0\/100"/ });
});

test("urlSource ends with the reason of the signal, also while a server does not answer", async () => {
  const reason = new Error("enough");
  await assert.rejects(urlSource(`${base}/hangs`, { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
  const source = await urlSource(`${base}/file`);
  await assert.rejects(source.read(0, 5, { signal: AbortSignal.abort(reason) }), reason);
});

test("urlSource behind a cache asks the server once for one neighbourhood", async () => {
  const source = cachedSource(await urlSource(`${base}/file`), { pageByteLength: 1024 });
  const before = seen.length;
  for (let at = 0; at < 1000; at += 10) await source.read(at, at + 20);
  assert.equal(seen.length - before, 1);
});
