import { join, relative } from "node:path";
import ts from "typescript";
import { isTest, roomOf } from "./architecture-doors.ts";

/** What a function does with the dependencies that it is given, here `deps`. */
interface Uses {
  names: Set<string>;
  /** The parameters of other functions that get the same object, with what the caller gives in its stead. */
  passedTo: { parameter: ts.ParameterDeclaration; without: ReadonlySet<string> }[];
}

/**
 * Functions of src with a parameter typed by a `…Deps` that do not use all that it names, themselves or by
 * what they call: one sentence each. Function types, such as those of a table's column, are not judged.
 */
export function bagFaultsOf(
  root: string,
  files: readonly string[],
  planted: ReadonlyMap<string, string> = new Map(),
): string[] {
  const program = createProgram(root, files, planted);
  const checker = program.getTypeChecker();
  const parameters = files.flatMap((path) => {
    const source = program.getSourceFile(join(root, path));
    return source === undefined || isTest(path) || roomOf(path) === "emulator" ? [] : parametersIn(source);
  });
  const uses = new Map(parameters.map((parameter) => [parameter, usesOf(checker, parameter)]));
  follow(uses);
  return parameters.flatMap((parameter) => {
    const used = uses.get(parameter)?.names ?? new Set();
    const spare = namesOf(checker, parameter).filter((name) => !used.has(name));
    const source = parameter.getSourceFile();
    const line = source.getLineAndCharacterOfPosition(parameter.getStart()).line + 1;
    const place = `${relative(root, source.fileName)}:${line}`;
    return spare.length === 0 ? [] : [`${place}: ${nameOf(parameter)} does not use ${spare.join(", ")}`];
  });
}

/** `planted` are files by path that are nowhere on the disk. */
function createProgram(
  root: string,
  files: readonly string[],
  planted: ReadonlyMap<string, string>,
): ts.Program {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => planted.get(relative(root, path)) ?? readFile(path);
  host.fileExists = (path) => planted.has(relative(root, path)) || fileExists(path);
  return ts.createProgram(
    files.map((path) => join(root, path)),
    options,
    host,
  );
}

/** The parameters of functions with a body that a `…Deps` types. */
function parametersIn(source: ts.SourceFile): ts.ParameterDeclaration[] {
  const found: ts.ParameterDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isParameter(node) && isJudged(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isJudged({ parent, type }: ts.ParameterDeclaration): boolean {
  return "body" in parent && parent.body !== undefined && /\w+Deps\b/.test(type?.getText() ?? "");
}

const nameOf = ({ parent }: ts.ParameterDeclaration): string => parent.name?.getText() ?? "a function";

const namesOf = (checker: ts.TypeChecker, node: ts.Node): string[] =>
  checker.getPropertiesOfType(checker.getTypeAtLocation(node)).map((property) => property.name);

function usesOf(checker: ts.TypeChecker, parameter: ts.ParameterDeclaration): Uses {
  const uses: Uses = { names: new Set(), passedTo: [] };
  const all = namesOf(checker, parameter);
  if (!ts.isIdentifier(parameter.name)) {
    for (const name of boundIn(parameter.name) ?? all) uses.names.add(name);
    return uses;
  }
  const symbol = checker.getSymbolAtLocation(parameter.name);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node !== parameter.name && symbolOf(checker, node) === symbol)
      if (!notePassing(checker, node, uses)) for (const name of namedAt(node) ?? all) uses.names.add(name);
    ts.forEachChild(node, visit);
  };
  visit(parameter.parent);
  return uses;
}

function symbolOf(checker: ts.TypeChecker, node: ts.Identifier): ts.Symbol | undefined {
  return ts.isShorthandPropertyAssignment(node.parent)
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node);
}

/** `deps.db` and `const { db } = deps`: what is named; undefined where the whole object is used. */
function namedAt(node: ts.Identifier): string[] | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return [parent.name.text];
  return ts.isVariableDeclaration(parent) ? boundIn(parent.name) : undefined;
}

function boundIn(name: ts.BindingName): string[] | undefined {
  if (!ts.isObjectBindingPattern(name) || name.elements.some((element) => element.dotDotDotToken))
    return undefined;
  return name.elements.map((element) => (element.propertyName ?? element.name).getText());
}

/** `verb(deps)` and `verb({ ...deps, clock })`: what the verb names, or what it uses if it is judged too. */
function notePassing(checker: ts.TypeChecker, node: ts.Identifier, uses: Uses): boolean {
  const { parent } = node;
  const argument = ts.isSpreadAssignment(parent) ? parent.parent : node;
  const call = argument.parent;
  if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return false;
  const index = call.arguments?.indexOf(argument) ?? -1;
  const parameter = checker.getResolvedSignature(call)?.declaration?.parameters[index];
  if (parameter === undefined || !ts.isParameter(parameter)) return false;
  const without = givenIn(argument);
  uses.passedTo.push({ parameter, without });
  if (!isJudged(parameter))
    for (const name of namesOf(checker, parameter)) if (!without.has(name)) uses.names.add(name);
  return true;
}

function givenIn(argument: ts.Expression): Set<string> {
  if (!ts.isObjectLiteralExpression(argument)) return new Set();
  return new Set(argument.properties.flatMap((property) => property.name?.getText() ?? []));
}

/** Adds to each function what those that it calls use, until nothing is added. */
function follow(uses: ReadonlyMap<ts.ParameterDeclaration, Uses>): void {
  const all = [...uses.values()];
  let before: number;
  do {
    before = countOf(all);
    for (const { names, passedTo } of all)
      for (const { parameter, without } of passedTo)
        for (const name of uses.get(parameter)?.names ?? []) if (!without.has(name)) names.add(name);
  } while (countOf(all) > before);
}

const countOf = (uses: readonly Uses[]): number => uses.reduce((sum, { names }) => sum + names.size, 0);
