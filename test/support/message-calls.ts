import ts from "typescript";

/** One call of a formatter of messages: which keys it can have, and the names of the values that it gets. */
export interface MessageCall {
  code: string;
  keys: RegExp[];
  values: string[];
  /** The values come from elsewhere, at least in part: their names are not known. */
  isOpen: boolean;
}

/**
 * The calls of the formatter `name` in a file whose key is a text, a text with gaps, or a choice of them. The
 * key is the argument at `place`, the values are the next one.
 */
export function messageCallsIn(path: string, code: string, name: string, place = 0): MessageCall[] {
  const calls: MessageCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === name) {
      const [key, values] = node.arguments.slice(place);
      const keys = key === undefined ? [] : patternsOf(key);
      if (keys.length > 0) calls.push({ code: node.getText(), keys, ...valuesOf(values) });
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(path, code));
  return calls;
}

/** Every key that a file can name, also beside a call of a formatter. A gap fills one part of a key. */
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

function valuesOf(values: ts.Expression | undefined): Pick<MessageCall, "values" | "isOpen"> {
  if (values === undefined) return { values: [], isOpen: false };
  if (!ts.isObjectLiteralExpression(values)) return { values: [], isOpen: true };
  const names = values.properties.flatMap(({ name }) => (name === undefined ? [] : [name.getText()]));
  return { values: names.sort(), isOpen: values.properties.some(ts.isSpreadAssignment) };
}
