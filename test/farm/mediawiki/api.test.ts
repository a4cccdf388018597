import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { WikiApi } from "../../../lib/farm/mediawiki/api.ts";
import { StandInMediaWiki } from "../../support/stand-in-mediawiki.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server that answers its first request by the first handler, and so on; the last one answers all that follow. */
async function serve(context: TestContext, ...handlers: readonly Handler[]): Promise<{ api: WikiApi; urls: string[] }> {
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? "");
    handlers[Math.min(urls.length, handlers.length) - 1]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const wiki = new StandInMediaWiki();
  const configuration = { wgCanonicalServer: `http://127.0.0.1:${port}`, wgDBprefix: "", wgScriptPath: "/w" };
  wiki.behave("getConfiguration", JSON.stringify(configuration));
  return { api: new WikiApi({ site: wiki.site(), retries: 1, pauseMs: 5, timeoutMs: 500 }), urls };
}

function json(body: string, status = 200, type = "application/json; charset=utf-8"): Handler {
  return (_, response) => void response.writeHead(status, { "content-type": type }).end(body);
}

const REQUEST = { properties: ["namespaces", "general"], formatVersion: 2 } as const;
const GOOD = '{"batchcomplete":true,"query":{"namespaces":{"0":{"name":"Ü"}},"general":{}}}';

test("the answer is passed on as it is", async (t) => {
  const { api, urls } = await serve(t, json(GOOD));
  assert.equal(new TextDecoder().decode(await api.siteInfo(REQUEST)), GOOD);
  assert.deepEqual(urls, [
    "/w/api.php?action=query&meta=siteinfo&siprop=namespaces%7Cgeneral&format=json&formatversion=2",
  ]);
});

const PASSING: readonly (readonly [what: string, handler: Handler, says: RegExp])[] = [
  ["an error of the server", json("sorry", 503), /status 503/],
  ["a page of HTML", json("<html>", 200, "text/html"), /text\/html where JSON was expected/],
  ["JSON that is cut", json(GOOD.slice(0, -4)), /broken JSON/],
  ["an empty answer", json(""), /broken JSON/],
  ["an answer that lacks something", json('{"query":{"general":{}}}'), /without namespaces/],
  ["an error of the API", json('{"error":{"code":"maxlag","info":"Waiting"}}'), /the error maxlag: Waiting/],
  ["a connection that breaks", (request) => request.socket.destroy(), /cannot be reached/],
  ["no answer", () => {}, /no answer within 500 ms/],
  ["an answer that stops", (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write("{");
  }, /no answer within 500 ms/],
];

for (const [what, handler, says] of PASSING) {
  test(`${what}: is asked for again, and then an error with the address`, async (t) => {
    const { api } = await serve(t, handler, json(GOOD));
    assert.equal(new TextDecoder().decode(await api.siteInfo(REQUEST)), GOOD);
    const bad = await serve(t, handler);
    await assert.rejects(bad.api.siteInfo(REQUEST), {
      name: "SourceError",
      code: "READ",
      message: says,
      remedy: /browser/,
    });
    assert.equal(bad.urls.length, 2);
  });
}

test("a private wiki is an error at once", async (t) => {
  const { api, urls } = await serve(t, json('{"error":{"code":"readapidenied","info":"You need read permission"}}'));
  await assert.rejects(api.siteInfo(REQUEST), {
    code: "DENIED",
    message: /lets nobody read/,
    remedy: /private wiki.*skipJobs/,
  });
  assert.equal(urls.length, 1);
});

test("an abort ends the request with its reason", async (t) => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const { api } = await serve(t, () => stop.abort(reason));
  await assert.rejects(api.siteInfo(REQUEST, stop.signal), reason);
});

test("a wiki that does not know its address is a ConfigError", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("getConfiguration", '{"wgCanonicalServer":false,"wgDBprefix":"","wgScriptPath":"/w"}');
  await assert.rejects(new WikiApi({ site: wiki.site() }).siteInfo(REQUEST), {
    name: "ConfigError",
    code: "MISSING",
    remedy: /\$wgCanonicalServer/,
  });
});
