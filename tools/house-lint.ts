/**
 * The laws of the house, as a plugin of `deno lint`: who may import whom, where `node:` may stand, how long things may be.
 *
 * Floors, from the ground up. A file imports from its own floor's folder or from lower ones; never upwards.
 */

const FLOORS: readonly { readonly folder: string; readonly floor: number }[] = [
  { folder: "lib/errors.ts", floor: 0 },
  { folder: "lib/closest-name.ts", floor: 0 },
  { folder: "lib/bits/", floor: 1 },
  { folder: "lib/bzip2/", floor: 2 },
  { folder: "lib/xml/", floor: 2 },
  { folder: "lib/streams/", floor: 3 },
  { folder: "lib/dump/", floor: 4 },
  { folder: "lib/mod.ts", floor: 5 },
  { folder: "lib/host/", floor: 6 },
  { folder: "lib/cli/", floor: 7 },
  { folder: "lib/farm/config/", floor: 7 },
  { folder: "lib/farm/lock/", floor: 7 },
  { folder: "lib/farm/process/", floor: 7 },
  { folder: "lib/farm/report/", floor: 7 },
  { folder: "lib/farm/source/", floor: 8 },
  { folder: "lib/farm/jobs/", floor: 9 },
  { folder: "lib/farm/", floor: 10 },
  { folder: "lib/node.ts", floor: 11 },
  { folder: "scripts/", floor: 12 },
];

/** Folders on the same floor that one file may not mix are told apart by this: their first match in FLOORS. */
function placeOf(path: string): { folder: string; floor: number } | undefined {
  return FLOORS.find(({ folder }) => (folder.endsWith(".ts") ? path === folder : path.startsWith(folder)));
}

/** Path below the root of the project, with forward slashes. */
function projectPath(fileName: string): string {
  const match = /(?:^|\/)((?:lib|scripts|tools|test|bench|examples)\/.*)$/.exec(fileName.replaceAll("\\", "/"));
  return match?.[1] ?? fileName;
}

function resolveImport(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

const MAY_USE_NODE = /^(?:lib\/host|scripts|tools|test|bench|examples)\//;
const MAX_PARAMETERS = 4;
const MAX_FUNCTION_LINES = 40;
const MAX_FILE_LINES = 300;

function checkImport(
  context: Deno.lint.RuleContext,
  node: Deno.lint.Node & { source: Deno.lint.StringLiteral | null },
): void {
  if (node.source === null) return;
  const from = projectPath(context.filename);
  const specifier = node.source.value;
  if (specifier.startsWith("node:")) {
    if (!MAY_USE_NODE.test(from)) context.report({ node, message: `${specifier} may be imported in lib/host/ only` });
    return;
  }
  if (!specifier.startsWith(".")) return;
  const to = resolveImport(from, specifier);
  const [here, there] = [placeOf(from), placeOf(to)];
  if (here === undefined || there === undefined) return;
  const isSideways = here.floor === there.floor && here.folder !== there.folder;
  if (there.floor > here.floor || isSideways) {
    context.report({ node, message: `${here.folder} must not import from ${there.folder}: imports go down only` });
  }
}

type FunctionNode = Deno.lint.FunctionDeclaration | Deno.lint.FunctionExpression | Deno.lint.ArrowFunctionExpression;

function checkFunction(context: Deno.lint.RuleContext, node: FunctionNode): void {
  if (node.params.length > MAX_PARAMETERS) {
    context.report({ node, message: `A function has at most ${MAX_PARAMETERS} parameters; use an options object` });
  }
  const text = context.sourceCode.getText(node);
  const lines = text.split("\n").length;
  const isProduct = /^(?:lib|scripts)\//.test(projectPath(context.filename));
  if (isProduct && lines > MAX_FUNCTION_LINES && !context.sourceCode.text.includes("@kernel")) {
    context.report({ node, message: `A function has at most ${MAX_FUNCTION_LINES} lines; this one has ${lines}` });
  }
}

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    floors: {
      create: (context) => ({
        ImportDeclaration: (node) => checkImport(context, node),
        ExportNamedDeclaration: (node) => checkImport(context, node),
        ExportAllDeclaration: (node) => checkImport(context, node),
      }),
    },
    sizes: {
      create: (context) => ({
        Program(node): void {
          const lines = context.sourceCode.text.split("\n").length;
          const isProduct = /^(?:lib|scripts)\//.test(projectPath(context.filename));
          if (isProduct && lines > MAX_FILE_LINES && !context.sourceCode.text.includes("@kernel")) {
            context.report({ node, message: `A file has at most ${MAX_FILE_LINES} lines; this one has ${lines}` });
          }
        },
        FunctionDeclaration: (node) => checkFunction(context, node),
        FunctionExpression: (node) => checkFunction(context, node),
        ArrowFunctionExpression: (node) => checkFunction(context, node),
      }),
    },
    "no-default-export": {
      create: (context) => ({
        ExportDefaultDeclaration(node): void {
          if (projectPath(context.filename).startsWith("lib/")) context.report({ node, message: "Exports have names" });
        },
      }),
    },
  },
};
export default plugin;
