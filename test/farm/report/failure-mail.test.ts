import assert from "node:assert/strict";
import { test } from "node:test";
import { type FailureReport, renderFailureMail } from "../../../lib/farm/report/failure-mail.ts";
import { SETTINGS } from "./sample-run.ts";

const DISK = {
  code: "NO_SPACE",
  message: "Cannot write /srv/x: no space left on the device",
  remedy: "Free some space",
};
const REPORT: FailureReport = {
  settings: SETTINGS,
  run: { wiki: "tewiki", date: "20260101", isPrivate: false, isClosed: false },
  failures: [
    { job: "pagetable", trouble: { code: "EXIT", message: "mysqldump ended with exit code 2", remedy: "" } },
    { job: "articlesdump", trouble: DISK },
    { job: "metacurrentdump", trouble: DISK },
  ],
  stop: undefined,
  command: "worker tewiki --date 20260101 --skipdone --configfile /srv/farm.conf",
  directory: "/srv/public/tewiki/20260101",
  host: "dump1",
  now: new Date("2026-01-01T22:10:03Z"),
};

test("the mail names every failed job once with reason and remedy, and the command that does the rest", () => {
  assert.deepEqual(renderFailureMail(REPORT), {
    subject: "Dump failure for tewiki",
    text: `The dump of tewiki of 2026-01-01 ended, but 3 jobs failed.

pagetable:
    mysqldump ended with exit code 2.

articlesdump, metacurrentdump:
    Cannot write /srv/x: no space left on the device.
    Free some space.

Do the rest with:

    worker tewiki --date 20260101 --skipdone --configfile /srv/farm.conf

Files: /srv/public/tewiki/20260101
Page: https://dumps.example/d/tewiki/20260101/
Host: dump1
Time: 2026-01-01 22:10:03 UTC
`,
  });
});

test("of a run that stopped, the reason stands first", () => {
  const stop = { code: "LOST", message: "Lock x was lost", remedy: "See who has it" };
  const { text } = renderFailureMail({ ...REPORT, failures: REPORT.failures.slice(0, 1), stop });
  assert.match(
    text,
    /^The dump of tewiki of 2026-01-01 stopped before its end; 1 job failed\.\n\nThe run:\n {4}Lock x was lost\.\n {4}See who has it\.\n\npagetable:/,
  );
  assert.match(renderFailureMail({ ...REPORT, failures: [], stop }).text, /stopped before its end\.\n/);
});

test("the mail about a private wiki leads to no page, for there is none", () => {
  const { text } = renderFailureMail({ ...REPORT, run: { ...REPORT.run, isPrivate: true } });
  assert.doesNotMatch(text, /https:/);
});

test("a template of the reference gets its four placeholders and percent signs; what it lacks follows below", () => {
  const template = { path: "errormail.txt", text: "%(db)s %(date)s failed at %(time)s, 100%%:\n%(url)s\n\n" };
  assert.equal(
    renderFailureMail(REPORT, template).text,
    `tewiki 20260101 failed at 2026-01-01 22:10:03, 100%:
https://dumps.example/d/tewiki/20260101/

pagetable:
    mysqldump ended with exit code 2.

articlesdump, metacurrentdump:
    Cannot write /srv/x: no space left on the device.
    Free some space.

Do the rest with:

    worker tewiki --date 20260101 --skipdone --configfile /srv/farm.conf
`,
  );
});

test("a template that places failures and command itself gets them there only", () => {
  const template = { path: "errormail.txt", text: "$ %(command)s\n%(failures)s\n-- \nThe farm" };
  const { text } = renderFailureMail(REPORT, template);
  assert.match(text, /^\$ worker tewiki .*\npagetable:\n[^]*\n-- \nThe farm\n$/);
  assert.equal(text.split("mysqldump").length, 2);
});

test("what stands in a message is not taken for a placeholder", () => {
  const trouble = { code: "EXIT", message: "100%(db)s and $& $1", remedy: "" };
  const template = { path: "errormail.txt", text: "%(failures)s" };
  assert.match(
    renderFailureMail({ ...REPORT, failures: [{ job: "a", trouble }] }, template).text,
    /100%\(db\)s and \$& \$1\./,
  );
});

test("a placeholder that is unknown is an error that names those there are", () => {
  assert.throws(() => renderFailureMail(REPORT, { path: "/t/errormail.txt", text: "%(wiki)s" }), {
    code: "READ",
    remedy: /%\(db\)s, %\(date\)s, %\(time\)s, %\(url\)s/,
  });
});
