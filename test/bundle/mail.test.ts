/** The mail in a bundle: packed until it is wanted, and sent from a directory without node_modules, on Node and on Deno. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BUNDLE_OPTIONS, scriptPlugins } from "../../tools/bundle.ts";
import { denoPath, skipWithoutDeno } from "../support/child.ts";
import { readMail, startMailServer } from "../support/mail-server.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runProcess } from "../support/temporary-farm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = `import process from "node:process";
const { sendMail } = await import("./lib/host/mail.ts");
const mail = { from: "a@farm.example", to: "b@farm.example", subject: "Dump failure for ვიკი", text: "ვიკი\\n" };
await sendMail(mail, { host: "127.0.0.1", port: Number(process.argv[2]) }, { timeoutMs: 10_000 });`;

describe("mail from a bundle", () => {
  const directory = scratchDirectory("mail");
  const program = join(directory, "send.mjs");
  before(async () => {
    await build({
      ...BUNDLE_OPTIONS,
      stdin: { contents: PROGRAM, resolveDir: ROOT },
      outfile: program,
      format: "esm",
      plugins: scriptPlugins("worker.ts", () => {}),
    });
  });

  test("nodemailer is in it as a packed string, so that a run without failures does not read it", () => {
    assert.doesNotMatch(readFileSync(program, "utf8"), /STARTTLS/);
  });

  test("Node sends it", async (context) => {
    const { port, mails } = await startMailServer(context);
    const { status, stderr } = await runProcess(process.execPath, [program, String(port)], directory);
    assert.equal(status, 0, stderr);
    assert.equal(readMail(mails[0]!.source).text, "ვიკი\n");
  });

  test("Deno sends it, with the right to reach the mail server", { skip: skipWithoutDeno }, async (context) => {
    const { port, mails } = await startMailServer(context);
    const rights = ["--no-prompt", "--allow-net=127.0.0.1", "--allow-sys=hostname", "--allow-env"];
    const { status, stderr } = await runProcess(denoPath()!, ["run", ...rights, program, String(port)], directory);
    assert.equal(status, 0, stderr);
    assert.equal(readMail(mails[0]!.source).text, "ვიკი\n");
  });
});
