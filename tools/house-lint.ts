/**
 * The laws of the house, as a plugin of `deno lint`: who may import whom, where `node:` and the globals of a host may stand,
 * how long things may be, what they are called.
 *
 * Floors, from the ground up. A file imports from its own folder or from lower floors; never upwards, never from a neighbour.
 * tsconfig.json and deno lint's own rules hold the rest. test/tools/house-lint.test.ts breaks every law once.
 */

/** The first match counts. What is below lib/ or scripts/ and has no floor is refused. */
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
  { folder: "lib/farm/layout/", floor: 7 },
  { folder: "lib/farm/source/", floor: 8 },
  { folder: "lib/farm/batches/", floor: 8 },
  { folder: "lib/farm/mediawiki/", floor: 9 },
  { folder: "lib/farm/jobs/", floor: 10 },
  { folder: "lib/farm/run/", floor: 12 },
  { folder: "lib/farm/", floor: 11 },
  { folder: "lib/node.ts", floor: 13 },
  { folder: "scripts/", floor: 14 },
];
/** Doors are for users: inside the house, a file imports from the file that has the thing. */
const DOORS: readonly string[] = ["lib/mod.ts", "lib/node.ts"];
/** Packages that the product may import, and where. */
const PACKAGES: Readonly<Record<string, string>> = {
  ini: "lib/farm/config/",
  yaml: "lib/farm/config/",
  nodemailer: "lib/host/",
};
const LIBRARY_WING = /^lib\/(?:errors\.ts|closest-name\.ts|mod\.ts|(?:bits|bzip2|xml|streams|dump)\/)/;
const PRODUCT = /^(?:lib|scripts)\//;
const MAY_USE_NODE = /^(?:lib\/host|scripts|tools|test|bench|examples)\//;
/** What a browser has not, or what Node has under another roof. `performance` and `fetch` are everywhere. */
const HOST_GLOBALS = new Set(["Buffer", "Deno", "Bun", "process", "global", "require", "__dirname", "__filename"]);
const TIMERS = new Set(["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval"]);
const VAGUE_FILE = /(?:^|\/)(?:utils?|helpers?|common|misc|shared)\.ts$/;
const MAX_PARAMETERS = 4;
const MAX_FUNCTION_LINES = 40;
const MAX_FILE_LINES = 300;

/** The root of the project: this file lies in its tools/. */
const ROOT = decodeURIComponent(new URL("..", import.meta.url).pathname);

type Context = Deno.lint.RuleContext;
type FunctionNode = Deno.lint.FunctionDeclaration | Deno.lint.FunctionExpression | Deno.lint.ArrowFunctionExpression;

/** Path below the root of the project, with forward slashes; the whole path of a file elsewhere. */
function projectPath({ filename }: Context): string {
  const path = filename.replaceAll("\\", "/");
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}

function placeOf(path: string): { readonly folder: string; readonly floor: number } | undefined {
  return FLOORS.find(({ folder }) => (folder.endsWith(".ts") ? path === folder : path.startsWith(folder)));
}

function resolveImport(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** What is wrong with an import, or undefined. */
function importFault(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("node:")) {
    return MAY_USE_NODE.test(from) ? undefined : `${specifier} may be imported in lib/host/ only`;
  }
  if (!PRODUCT.test(from)) return undefined;
  if (!specifier.startsWith(".")) {
    const folder = PACKAGES[specifier];
    if (folder !== undefined && from.startsWith(folder)) return undefined;
    return `The product imports no package ${specifier} here`;
  }
  const to = resolveImport(from, specifier);
  const [here, there] = [placeOf(from), placeOf(to)];
  if (here === undefined) return undefined;
  if (there === undefined) return `${from} must not import ${to}: it is no part of the product, or has no floor`;
  if (DOORS.includes(to)) return `${to} is a door for users: import from the file that has the thing`;
  const isSideways = here.floor === there.floor && here.folder !== there.folder;
  if (there.floor <= here.floor && !isSideways) return undefined;
  return `${here.folder} must not import from ${there.folder}: imports go down only`;
}

function checkImport(context: Context, node: Deno.lint.Node, source: Deno.lint.Node | null): void {
  if (source?.type !== "Literal" || typeof source.value !== "string") return;
  const message = importFault(projectPath(context), source.value);
  if (message !== undefined) context.report({ node, message });
}

/** What stands in the parentheses of the type `import("…")`. */
function literalOf(node: Deno.lint.TSImportType): Deno.lint.Node | null {
  return node.argument.type === "TSLiteralType" ? node.argument.literal : null;
}

/** Whether the header of a file calls it a kernel: a hot loop that may be long. */
function isKernel(text: string): boolean {
  return /^\s*\/\*\*(?:(?!\*\/)[^])*@kernel\b/.test(text);
}

function checkFunction(context: Context, node: FunctionNode): void {
  if (node.params.length > MAX_PARAMETERS) {
    context.report({ node, message: `A function has at most ${MAX_PARAMETERS} parameters; use an options object` });
  }
  if (!PRODUCT.test(projectPath(context)) || isKernel(context.sourceCode.text)) return;
  const lines = context.sourceCode.getText(node).split("\n").length;
  if (lines > MAX_FUNCTION_LINES) {
    context.report({ node, message: `A function has at most ${MAX_FUNCTION_LINES} lines; this one has ${lines}` });
  }
}

function checkFile(context: Context, node: Deno.lint.Program): void {
  const path = projectPath(context);
  if (!PRODUCT.test(path)) return;
  const { text } = context.sourceCode;
  const lines = text.split("\n").length - 1;
  if (lines > MAX_FILE_LINES && !isKernel(text)) {
    context.report({ node, message: `A file has at most ${MAX_FILE_LINES} lines; this one has ${lines}` });
  }
  if (placeOf(path) === undefined) context.report({ node, message: `${path} has no floor: give it one in FLOORS` });
  if (!/^(?:#!.*\n)?\/\*\*/.test(text)) {
    context.report({ node, message: "A file opens with a comment that says what it does" });
  }
  if (VAGUE_FILE.test(path) || !/^[a-z0-9/.-]+$/.test(path)) {
    context.report({ node, message: `${path}: files are called after what they do, in kebab-case` });
  }
}

/** A name that is used, not one that is declared, imported, or a property. */
function isUseOfGlobal(node: Deno.lint.Identifier): boolean {
  const { parent } = node as unknown as {
    parent?: { type: string; property?: unknown; key?: unknown; computed?: boolean };
  };
  if (parent === undefined) return false;
  if (parent.type === "MemberExpression") return parent.property !== node || parent.computed === true;
  if (/^(?:Property|PropertyDefinition|MethodDefinition|TSPropertySignature|TSMethodSignature)$/.test(parent.type)) {
    return parent.key !== node;
  }
  return !/^(?:Import|Export|TSQualifiedName|TSTypeReference|TSTypeQuery)/.test(parent.type);
}

function checkGlobal(context: Context, node: Deno.lint.Identifier): void {
  const path = projectPath(context);
  const isTimer = TIMERS.has(node.name) && LIBRARY_WING.test(path);
  const isHost = HOST_GLOBALS.has(node.name) && PRODUCT.test(path) && !MAY_USE_NODE.test(path);
  if ((isTimer || isHost) && isUseOfGlobal(node)) {
    context.report({
      node,
      message: `${node.name} belongs to a host: what needs it comes in as a value, or is in lib/host/`,
    });
  }
}

function checkName(context: Context, node: Deno.lint.Identifier): void {
  if (node.name === "offset" && LIBRARY_WING.test(projectPath(context))) {
    context.report({ node, message: "An offset has a unit in its name: bitOffset, byteOffset" });
  }
}

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    floors: {
      create: (context) => ({
        ImportDeclaration: (node) => checkImport(context, node, node.source),
        ExportNamedDeclaration: (node) => checkImport(context, node, node.source),
        ExportAllDeclaration: (node) => checkImport(context, node, node.source),
        ImportExpression: (node) => checkImport(context, node, node.source),
        TSImportType: (node) => checkImport(context, node, literalOf(node)),
      }),
    },
    globals: { create: (context) => ({ Identifier: (node) => checkGlobal(context, node) }) },
    names: { create: (context) => ({ Identifier: (node) => checkName(context, node) }) },
    sizes: {
      create: (context) => ({
        Program: (node) => checkFile(context, node),
        FunctionDeclaration: (node) => checkFunction(context, node),
        FunctionExpression: (node) => checkFunction(context, node),
        ArrowFunctionExpression: (node) => checkFunction(context, node),
      }),
    },
    "no-default-export": {
      create: (context) => ({
        ExportDefaultDeclaration(node): void {
          if (PRODUCT.test(projectPath(context))) context.report({ node, message: "Exports have names" });
        },
      }),
    },
    "private-by-language": {
      create: (context) => ({
        'PropertyDefinition[accessibility="private"]'(node: Deno.lint.PropertyDefinition): void {
          context.report({ node, message: "Private state is #x" });
        },
        'MethodDefinition[accessibility="private"]'(node: Deno.lint.MethodDefinition): void {
          if (node.kind !== "constructor") context.report({ node, message: "Private methods are #x" });
        },
      }),
    },
  },
};
export default plugin;
