/** The farm for the tests of one file: that of `npm run test:stack`, else one of their own, which ends with them. */
import { after } from "node:test";
import { type Stack, startStack, type WikiSpec } from "./stack.ts";

/** Opens the farm, with the wikis that the tests need. */
export async function openFarm(...wikis: readonly WikiSpec[]): Promise<Stack> {
  const stack = await startStack();
  after(() => stack.stop());
  for (const wiki of wikis) await stack.addWiki(wiki);
  return stack;
}
