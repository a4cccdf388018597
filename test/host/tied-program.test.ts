import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { tiedProgram } from "../../lib/host/tied-program.ts";

const isThere = spawnSync("setpriv", ["--pdeathsig", "KILL", "--", "true"]).status === 0;
const skip = isThere ? false : "there is no setpriv that knows --pdeathsig";

test("a program that is not there is left as it is: the system says so", () => {
  assert.deepEqual(tiedProgram({ file: "/no/such/program", args: ["x"] }), { file: "/no/such/program", args: ["x"] });
});

test("exit code, arguments and process are the program's own", { skip }, () => {
  const call = tiedProgram({ file: "sh", args: ["-c", 'echo "$0 $1"; exit 3', "a  b", ""] });
  assert.match(call.file, /setpriv$/);
  const { status, stdout } = spawnSync(call.file, call.args, { encoding: "utf8" });
  assert.deepEqual([status, stdout], [3, "a  b \n"]);
});
