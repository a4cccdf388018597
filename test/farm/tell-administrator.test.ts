import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { CommandError, JobError, LockError } from "../../lib/errors.ts";
import { type EndedRun, tellAdministrator } from "../../lib/farm/tell-administrator.ts";
import { InterruptedError } from "../../lib/host/signals.ts";
import { deadPort, readMail, startMailServer, startRudeServer } from "../support/mail-server.ts";
import { TestFarm } from "./test-farm.ts";

interface Told {
  readonly isSent: boolean;
  readonly lines: readonly string[];
}

interface Setting {
  readonly port: number;
  readonly keys?: string;
  readonly template?: string;
  readonly timeoutMs?: number;
}

const ERROR = new CommandError("EXIT", "mysqldump -psesame ended with exit code 2", { commandLine: "mysqldump" }, {
  remedy: "Look at the database",
});
const FAILURES = new Map<string, unknown>([
  ["pagetable", ERROR],
  ["articlesdump", new JobError("PREREQUISITE", "Job articlesdump needs xmlstubsdump", { wiki: "tewiki" })],
]);

async function tell(context: TestContext, setting: Setting, run: Partial<EndedRun> = {}): Promise<Told> {
  const mailKeys =
    `[reporting]\nadminmail=root@farm.example\nmailfrom=dumps@farm.example\nsmtpserver=127.0.0.1:${setting.port}\n`;
  const farm = new TestFarm(context, {
    wikis: ["tewiki"],
    keys: "templatedir=templates\n" + (setting.keys ?? mailKeys),
  });
  if (setting.template !== undefined) farm.write("conf/templates/errormail.txt", setting.template);
  const lines: string[] = [];
  const isSent = await tellAdministrator({
    wiki: await farm.wiki("tewiki"),
    date: "20260101",
    failures: FAILURES,
    stoppedBy: undefined,
    ...run,
  }, {
    configfile: `${farm.configFile}:big wikis`,
    secrets: ["sesame"],
    log: (line) => void lines.push(line.replaceAll(farm.root, "ROOT")),
    timeoutMs: setting.timeoutMs ?? 20_000,
  });
  return { isSent, lines };
}

test("a run with failed jobs is one mail, with all jobs, the command to go on, and no secret", async (context) => {
  const { port, mails } = await startMailServer(context);
  assert.deepEqual(await tell(context, { port }), {
    isSent: true,
    lines: ["Mailed root@farm.example about the failure"],
  });
  assert.equal(mails.length, 1);
  const { headers, text } = readMail(mails[0]!.source);
  assert.match(headers, /^From: dumps@farm\.example$/m);
  assert.match(headers, /^To: root@farm\.example$/m);
  assert.match(headers, /^Subject: Dump failure for tewiki$/m);
  assert.match(
    text,
    /^pagetable:\n {4}mysqldump -p\[redacted\] ended with exit code 2\.\n {4}Look at the database\.$/m,
  );
  assert.match(text, /^articlesdump:$/m);
  assert.match(
    text,
    /^ {4}.*worker\S* tewiki --date 20260101 --skipdone --configfile '\/.*\/conf\/farm\.conf:big wikis'$/m,
  );
});

test("a run that lost its lock is told of; one that was interrupted or stopped for maintenance is not, nor a good one", async (context) => {
  const { port, mails } = await startMailServer(context);
  const failures = new Map();
  for (
    const stoppedBy of [
      undefined,
      new InterruptedError("SIGTERM"),
      new JobError("MAINTENANCE", "No job is started", { wiki: "tewiki" }),
    ]
  ) {
    assert.deepEqual(await tell(context, { port }, { failures, stoppedBy }), { isSent: false, lines: [] });
  }
  const stoppedBy = new LockError("LOST", "Lock x was lost", "x", { remedy: "Look" });
  assert.equal((await tell(context, { port }, { failures, stoppedBy })).isSent, true);
  assert.match(readMail(mails[0]!.source).text, /The run:\n {4}Lock x was lost\.\n {4}Look\.\n/);
  assert.equal(mails.length, 1);
});

for (const keys of ["adminmail=", "adminmail=NoMail", "smtpserver="]) {
  test(`${keys}: nobody gets mail, and no server is asked`, async (context) => {
    let connections = 0;
    const port = await startRudeServer(context, () => void connections++);
    const server = keys.startsWith("smtp") ? "" : `\nsmtpserver=127.0.0.1:${port}`;
    const told = await tell(context, { port, keys: `[reporting]\n${keys}${server}` });
    assert.deepEqual([told, connections], [{ isSent: false, lines: [] }, 0]);
  });
}

test("the operator's template is used", async (context) => {
  const { port, mails } = await startMailServer(context);
  await tell(context, { port, template: "Oh dear, %(db)s of %(date)s" });
  assert.match(readMail(mails[0]!.source).text, /^Oh dear, tewiki of 20260101\n\npagetable:/);
});

test("a template that cannot be used is told of in the log, and the mail is sent all the same", async (context) => {
  const { port, mails } = await startMailServer(context);
  const { lines } = await tell(context, { port, template: "%(wiki)s" });
  assert.match(
    lines[0]!,
    /^The template ROOT\/conf\/templates\/errormail\.txt has the placeholder %\(wiki\)s, .*The built-in mail is used$/,
  );
  assert.match(readMail(mails[0]!.source).text, /^The dump of tewiki/);
});

test("a mail server that refuses, hangs or is not there is one line of the log, and no error", async (context) => {
  const refusing = await startMailServer(context, {
    onRcptTo: (_address, _session, callback) => callback(Object.assign(new Error("not here"), { responseCode: 550 })),
  });
  const hanging = await startRudeServer(context, () => {});
  const servers = [
    { reason: "not here", port: refusing.port },
    { reason: "no end within 0\\.4 s", port: hanging, timeoutMs: 400 },
    { reason: "ECONNREFUSED", port: await deadPort() },
  ];
  for (const { reason, port, ...setting } of servers) {
    const { isSent, lines } = await tell(context, { port, ...setting });
    assert.equal(isSent, false);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      new RegExp(
        `^Cannot send mail to root@farm\\.example through smtp://127\\.0\\.0\\.1:${port}: .*(?:${reason}).*\\. See smtpserver`,
      ),
    );
  }
});
