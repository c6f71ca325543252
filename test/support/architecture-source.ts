import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import ts from "typescript";

/** One source file as the architecture test sees it. Paths are relative to the repository, with "/". */
export interface SourceFile {
  path: string;
  imports: SourceImport[];
  /** The first function, class or constant function that it exports: its name, and whether it is async. */
  firstExport: { name: string; isAsync: boolean } | null;
  /** The outside resources that it uses, by name: "await", "Date.now", "process", … */
  touches: Set<string>;
}

interface SourceImport {
  /** A path of the repository for a relative import, else the name of the package. */
  target: string;
  isRelative: boolean;
  /** Gone before the program runs, so that it carries no I/O. */
  isTypeOnly: boolean;
}

/** Reads every .ts file under `folders` of `root`. */
export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => parseSource(relative(root, file).replaceAll("\\", "/"), readFileSync(file, "utf8"))),
  );
}

/** Reads one file with the compiler's own parser: comments and texts are no code. */
export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const file: SourceFile = { path, imports: [], firstExport: firstExportOf(tree), touches: new Set() };
  visit(tree, file);
  return file;
}

/**
 * Which of `names` a file's code says: called, read, destructured under another name, or by a string. Types
 * are left out, because they hold nothing.
 */
export function namesSaidIn(text: string, names: readonly string[]): string[] {
  const said = new Set<string>();
  const probe = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && names.includes(node.text))
      said.add(node.text);
    ts.forEachChild(node, probe);
  };
  probe(ts.createSourceFile("said.ts", text, ts.ScriptTarget.Latest, true));
  return [...said].sort();
}

function visit(node: ts.Node, file: SourceFile): void {
  const imported = importOf(node, file.path);
  if (imported !== null) file.imports.push(imported);
  const touched = touchOf(node);
  if (touched !== null) file.touches.add(touched);
  ts.forEachChild(node, (child) => visit(child, file));
}

function importOf(node: ts.Node, path: string): SourceImport | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const { moduleSpecifier: from } = node;
    return from !== undefined && ts.isStringLiteral(from)
      ? toImport(path, from.text, isTypeOnly(node))
      : null;
  }
  if (
    ts.isImportTypeNode(node) &&
    ts.isLiteralTypeNode(node.argument) &&
    ts.isStringLiteral(node.argument.literal)
  )
    return toImport(path, node.argument.literal.text, true);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [from] = node.arguments;
    return from !== undefined && ts.isStringLiteralLike(from) ? toImport(path, from.text, false) : null;
  }
  return null;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  const named = clause.namedBindings;
  const areAllTypes =
    named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (clause.name === undefined && areAllTypes);
}

function toImport(path: string, from: string, isTypeOnly: boolean): SourceImport {
  const isRelative = from.startsWith(".");
  return { target: isRelative ? posix.join(posix.dirname(path), from) : from, isRelative, isTypeOnly };
}

/** Names that reach the clock, chance or the process without being handed in. */
const AMBIENT_CALLS = new Set(["setTimeout", "setInterval", "setImmediate", "fetch"]);
const AMBIENT_PROPERTIES = new Set(["Date.now", "Math.random", "performance.now"]);

function touchOf(node: ts.Node): string | null {
  if (ts.isAwaitExpression(node)) return "await";
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return "async";
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length)
    return "new Date()";
  if (ts.isCallExpression(node) && AMBIENT_CALLS.has(node.expression.getText()))
    return node.expression.getText();
  if (!ts.isPropertyAccessExpression(node)) return null;
  const name = `${node.expression.getText()}.${node.name.text}`;
  if (AMBIENT_PROPERTIES.has(name)) return name;
  return node.expression.getText() === "process" ? "process" : null;
}

function firstExportOf(tree: ts.SourceFile): SourceFile["firstExport"] {
  for (const statement of tree.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    const isAsync = modifiers.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      return { name: statement.name?.text ?? "default", isAsync };
  }
  return null;
}
