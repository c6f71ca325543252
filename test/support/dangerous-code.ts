import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/** A use of something dangerous: the rule that it breaks, and the code. */
export interface Danger {
  path: string;
  rule: DangerRule;
  code: string;
}

export type DangerRule = keyof typeof RULES;

/** What can call another machine, by the module that it comes from; null: anything of it. */
const CLIENTS: Readonly<Record<string, readonly string[] | null>> = {
  undici: null,
  "openid-client": null,
  pg: null,
  nodemailer: null,
  "nodemailer/lib/smtp-connection": null,
  "@nats-io/transport-node": ["connect", "wsconnect"],
  amqplib: ["connect"],
  "node:tls": null,
  "node:http2": null,
  "node:dgram": null,
  "node:net": ["connect", "createConnection", "Socket"],
  "node:http": ["request", "get", "Agent"],
  "node:https": null,
};

/** What our code must not do. Each rule judges one node of the syntax tree. */
const RULES = {
  "runs text as code": (node: ts.Node) =>
    isName(node, "eval", "Function", "execScript") ||
    imports(node, /^(node:)?vm$/) ||
    (isCallOf(node, /^(window\.)?set(Timeout|Interval)$/) && ts.isStringLiteralLike(argument(node, 0))),
  "starts a command": (node: ts.Node) => imports(node, /^(node:)?(child_process|cluster)$/),
  "reads objects of any class": (node: ts.Node) => imports(node, /^(node:)?v8$/),
  "trusts any certificate": (node: ts.Node) =>
    says(node, /^(rejectUnauthorized|checkServerIdentity|NODE_TLS_REJECT_UNAUTHORIZED)$/),
  "sets markup": (node: ts.Node) =>
    says(node, /^(dangerouslySetInnerHTML|outerHTML|insertAdjacentHTML|srcdoc|setHTMLUnsafe)$/) ||
    isWriteOf(node, "innerHTML") ||
    isCallOf(node, /^(window\.)?document\.write(ln)?$/),
  "hashes by another algorithm than SHA-256": (node: ts.Node) =>
    isCallOf(node, /^createH(ash|mac)$/) && textOf(argument(node, 0)) !== "sha256",
  "encrypts by another algorithm than AES-256-GCM": (node: ts.Node) =>
    isCallOf(node, /^create(Cipher|Decipher)(iv)?$/) && textOf(argument(node, 0)) !== "aes-256-gcm",
  "draws random bits by itself": (node: ts.Node) =>
    says(node, /^(randomBytes|randomUUID|randomInt|randomFillSync|getRandomValues)$/) ||
    (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random"),
  "builds a regular expression": (node: ts.Node) =>
    (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === "RegExp",
  "opens a connection": (node: ts.Node) =>
    isNamedImport(node, CLIENTS) || isCallOf(node, /^(fetch|createRemoteJWKSet)$/),
  "keeps something in the browser": (node: ts.Node) =>
    says(node, /^(localStorage|sessionStorage|indexedDB|caches)$/) || isWriteOf(node, "cookie"),
  "follows redirects": (node: ts.Node) =>
    (isCallOf(node, /^fetch$/) && !/redirect: "(manual|error)"/.test(node.getText())) ||
    says(node, /^(maxRedirections|interceptors)$/),
} satisfies Record<string, (node: ts.Node) => boolean>;

/** Every file of the program, in the server and in the browser, without tests and generated code. */
export function readCode(root: string, folders: readonly string[]): { path: string; text: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: relative(root, file).replaceAll("\\", "/"), text: readFileSync(file, "utf8") }))
      .filter(({ path }) => !path.includes("/generated/")),
  );
}

/** Comments and texts are no code: the compiler's own parser tells them apart. */
export function dangersIn(path: string, text: string): Danger[] {
  const found: Danger[] = [];
  const visit = (node: ts.Node): void => {
    for (const [rule, breaks] of Object.entries(RULES))
      if (isRule(rule) && breaks(node)) found.push({ path, rule, code: node.getText().slice(0, 80) });
    ts.forEachChild(node, visit);
  };
  const kind = path.endsWith(".tsx") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind));
  return found;
}

const isRule = (name: string): name is DangerRule => Object.hasOwn(RULES, name);

/** A name that is read: no name of a property, and no type. */
function isName(node: ts.Node, ...names: readonly string[]): boolean {
  if (!ts.isIdentifier(node) || !names.includes(node.text) || ts.isTypeNode(node.parent)) return false;
  const { parent } = node;
  return !(ts.isPropertyAccessExpression(parent) && parent.name === node && !isGlobal(parent.expression));
}

const isGlobal = (node: ts.Node): boolean => /^(globalThis|window|self)$/.test(node.getText());

/** A name of any kind, or a text that may be one: `options["name"]`. */
function says(node: ts.Node, name: RegExp): boolean {
  return (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && name.test(node.text);
}

function imports(node: ts.Node, module: RegExp): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return node.moduleSpecifier !== undefined && module.test(textOf(node.moduleSpecifier) ?? "");
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return (
    (isImport || isCallOf(node, /(^|\.)(require|getBuiltinModule)$/)) &&
    module.test(textOf(argument(node, 0)) ?? "")
  );
}

/** A value that is imported: a type is gone before the program runs. */
function isNamedImport(node: ts.Node, modules: typeof CLIENTS): boolean {
  if (!ts.isImportDeclaration(node) || node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    return false;
  const names = modules[textOf(node.moduleSpecifier) ?? ""];
  if (names === null || names === undefined) return names === null;
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return true;
  return bindings.elements.some(
    (element) => !element.isTypeOnly && names.includes((element.propertyName ?? element.name).text),
  );
}

function isCallOf(node: ts.Node, name: RegExp): node is ts.CallExpression {
  return ts.isCallExpression(node) && name.test(node.expression.getText());
}

function isWriteOf(node: ts.Node, name: string): boolean {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isPropertyAccessExpression(node.left) &&
    node.left.name.text === name
  );
}

/** The node itself where the call has no such argument: it is no text. */
function argument(node: ts.Node, nth: number): ts.Node {
  return ts.isCallExpression(node) ? (node.arguments[nth] ?? node) : node;
}

const textOf = (node: ts.Node): string | undefined => (ts.isStringLiteralLike(node) ? node.text : undefined);
