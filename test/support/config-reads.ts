import ts from "typescript";

/**
 * Which settings a file's code reads: `config.port`, `input.config.port`, `const { port } = config`, and
 * `port` of a parameter or variable whose type is Config or a Pick of it. By the compiler's own parser: a
 * comment, a text or another thing's property of that name is no read.
 */
export function configReadsIn(text: string): Set<string> {
  const reads = new Set<string>();
  const tree = ts.createSourceFile("reads.ts", text, ts.ScriptTarget.Latest, true);
  const typed = namesTypedConfigIn(tree);
  const isConfig = (node: ts.Expression | undefined): boolean =>
    node !== undefined &&
    (/(^|\.)config$/.test(node.getText()) || (ts.isIdentifier(node) && typed.has(node.text)));
  const probe = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && isConfig(node.expression)) reads.add(node.name.text);
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && ts.isObjectBindingPattern(node.name))
      if (isConfig(node.initializer) || isConfigType(node.type))
        for (const each of node.name.elements) reads.add((each.propertyName ?? each.name).getText());
    ts.forEachChild(node, probe);
  };
  probe(tree);
  return reads;
}

/** Names of parameters and variables that are declared as a Config, or as a part of it. */
function namesTypedConfigIn(tree: ts.SourceFile): Set<string> {
  const aliases = new Set<string>();
  const names = new Set<string>();
  const probe = (node: ts.Node): void => {
    if (ts.isTypeAliasDeclaration(node) && isConfigType(node.type)) aliases.add(node.name.text);
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && ts.isIdentifier(node.name)) {
      const type = node.type?.getText() ?? "";
      if (isConfigType(node.type) || aliases.has(type)) names.add(node.name.text);
    }
    ts.forEachChild(node, probe);
  };
  probe(tree);
  return names;
}

function isConfigType(type: ts.TypeNode | undefined): boolean {
  return type !== undefined && /^(Config|Pick<Config,[^>]*>)$/.test(type.getText());
}
