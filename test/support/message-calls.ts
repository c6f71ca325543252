import ts from "typescript";

/** One call of the Hub's `t`: which keys it can have, and the names of the values that it passes. */
export interface MessageCall {
  code: string;
  keys: RegExp[];
  values: string[];
}

/** The calls of `t` in a file whose key is a text, a text with gaps, or a choice of these. */
export function messageCallsIn(path: string, code: string): MessageCall[] {
  const calls: MessageCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "t") {
      const [key, values] = node.arguments;
      const keys = key === undefined ? [] : patternsOf(key);
      if (keys.length > 0) calls.push({ code: node.getText(), keys, values: namesOf(values) });
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(path, code));
  return calls;
}

/** Every key that a file can name, also beside a call of `t`. A gap fills one part of a key. */
export function keyPatternsIn(path: string, code: string): RegExp[] {
  const patterns: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) patterns.push(...patternsOf(node));
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(path, code));
  return patterns;
}

const sourceOf = (path: string, code: string): ts.SourceFile =>
  ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);

function patternsOf(key: ts.Expression): RegExp[] {
  if (ts.isConditionalExpression(key)) return [...patternsOf(key.whenTrue), ...patternsOf(key.whenFalse)];
  if (ts.isStringLiteralLike(key)) return [new RegExp(`^${escaped(key.text)}$`)];
  // A text that begins with a gap says nothing about a key.
  if (!ts.isTemplateExpression(key) || key.head.text === "") return [];
  const rest = key.templateSpans.map(({ literal }) => `[\\w-]+${escaped(literal.text)}`);
  return [new RegExp(`^${escaped(key.head.text)}${rest.join("")}$`)];
}

const escaped = (text: string): string => text.replace(/\W/g, "\\$&");

function namesOf(values: ts.Expression | undefined): string[] {
  if (values === undefined) return [];
  if (!ts.isObjectLiteralExpression(values)) return [`not an object: ${values.getText()}`];
  return values.properties.map(({ name }) => name?.getText() ?? "a spread").sort();
}
