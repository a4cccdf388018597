import assert from "node:assert/strict";
import { test } from "node:test";
import { sendMail } from "../../lib/host/mail.ts";
import { deadPort, readMail, startMailServer, startRudeServer } from "../support/mail-server.ts";

const MAIL = {
  from: "dumps@farm.example",
  to: "root@farm.example",
  subject: "Dump failure for tewiki",
  text: "A text.\n",
};
const HOST = "127.0.0.1";

function failure(pattern: RegExp) {
  return (error: Error & { code?: string; remedy?: string }): boolean => {
    assert.equal(error.name, "SourceError");
    assert.equal(error.code, "WRITE");
    assert.match(error.message, /^Cannot send mail to root@farm\.example through smtp:\/\/127\.0\.0\.1:\d+: /);
    assert.match(error.message, pattern);
    assert.match(error.remedy ?? "", /smtpserver/);
    return true;
  };
}

test("a mail arrives as it is: addresses, subject, long lines, letters of any script, dots at the start of a line", async (context) => {
  const { port, mails } = await startMailServer(context);
  const text = `Über ვიკი 维基 🐝\n.\n..two dots\n${"worker tewiki ".repeat(40)}\n${"x".repeat(2000)}\n`;
  await sendMail({ ...MAIL, subject: "Dump failure for ვიკი", text }, { host: HOST, port });
  assert.equal(mails.length, 1);
  const { headers, text: received } = readMail(mails[0]!.source);
  assert.deepEqual([mails[0]!.from, ...mails[0]!.to], ["dumps@farm.example", "root@farm.example"]);
  assert.equal(received.trimEnd(), text.trimEnd());
  assert.match(headers, /^Content-Type: text\/plain; charset=utf-8$/m);
  assert.match(headers, /^Auto-Submitted: auto-generated$/m);
  assert.match(headers, /^Date: /m);
});

test("several administrators get one mail, as one", async (context) => {
  const { port, mails } = await startMailServer(context);
  await sendMail({ ...MAIL, to: "root@farm.example, Ann <ann@farm.example>" }, { host: HOST, port });
  assert.deepEqual(mails.map(({ to }) => to), [["root@farm.example", "ann@farm.example"]]);
});

test("what is in an address or a subject makes no further header", async (context) => {
  const { port, mails } = await startMailServer(context);
  await sendMail({ ...MAIL, subject: "x\r\nBcc: all@farm.example" }, { host: HOST, port });
  assert.deepEqual(mails[0]!.to, ["root@farm.example"]);
  assert.doesNotMatch(readMail(mails[0]!.source).headers, /^Bcc:/m);
});

test("a server that encrypts with a certificate of its own, or without, is used all the same", async (context) => {
  const encrypted: boolean[] = [];
  const { port, mails } = await startMailServer(context, {
    onMailFrom(_address, session, callback) {
      encrypted.push(session.secure);
      callback();
    },
  });
  await sendMail(MAIL, { host: HOST, port });
  const plain = await startMailServer(context, { disabledCommands: ["STARTTLS"] });
  await sendMail(MAIL, { host: HOST, port: plain.port });
  assert.deepEqual(encrypted, [true]);
  assert.deepEqual([mails.length, plain.mails.length], [1, 1]);
});

test("a server that refuses the sender, the recipient or the text is an error with its words", async (context) => {
  const refuse = (callback: (error?: Error) => void): void =>
    callback(Object.assign(new Error("no such user here"), { responseCode: 550 }));
  for (
    const options of [
      { onMailFrom: (_: unknown, __: unknown, callback: () => void) => refuse(callback) },
      { onRcptTo: (_: unknown, __: unknown, callback: () => void) => refuse(callback) },
    ]
  ) {
    const { port } = await startMailServer(context, options);
    await assert.rejects(sendMail(MAIL, { host: HOST, port }), failure(/no such user here/));
  }
});

test("one recipient of two that is refused is an error that names him; the other one has the mail", async (context) => {
  const { port, mails } = await startMailServer(context, {
    onRcptTo: ({ address }, _session, callback) =>
      callback(address.startsWith("gone") ? Object.assign(new Error("gone"), { responseCode: 550 }) : undefined),
  });
  const sending = sendMail({ ...MAIL, to: "root@farm.example,gone@farm.example" }, { host: HOST, port });
  await assert.rejects(sending, { message: /does not take mail for gone@farm\.example/ });
  assert.deepEqual(mails.map(({ to }) => to), [["root@farm.example"]]);
});

test("a server that is not there is an error", async () => {
  await assert.rejects(sendMail(MAIL, { host: HOST, port: await deadPort() }), failure(/ECONNREFUSED/));
});

test("a host that has no address is an error", async () => {
  const sending = sendMail(MAIL, { host: "no-such-host.invalid", port: 25 }, { timeoutMs: 5000 });
  await assert.rejects(sending, { name: "SourceError", message: /through smtp:\/\/no-such-host\.invalid:25: / });
});

const RUDE = {
  "says nothing": () => {},
  "greets and says nothing more": (socket: import("node:net").Socket) => void socket.write("220 here\r\n"),
  "goes on greeting for ever": (socket: import("node:net").Socket) => {
    const timer = setInterval(() => socket.write("220-wait\r\n"), 20);
    socket.on("close", () => clearInterval(timer));
  },
};

for (const [name, greet] of Object.entries(RUDE)) {
  test(`a server that ${name} is given up after the time that is allowed`, async (context) => {
    const port = await startRudeServer(context, greet);
    const startedAt = performance.now();
    await assert.rejects(sendMail(MAIL, { host: HOST, port }, { timeoutMs: 300 }), failure(/no end within 0\.3 s/));
    assert.ok(performance.now() - startedAt < 5000);
  });
}

test("a server that hangs up in the middle is an error", async (context) => {
  const port = await startRudeServer(context, (socket) => void socket.end("220 here\r\n"));
  await assert.rejects(sendMail(MAIL, { host: HOST, port }), failure(/./));
});

test("an aborted signal ends the exchange", async (context) => {
  const port = await startRudeServer(context, () => {});
  const controller = new AbortController();
  const sending = sendMail(MAIL, { host: HOST, port }, { signal: controller.signal });
  controller.abort(new Error("stop"));
  await assert.rejects(sending, { name: "SourceError" });
});
