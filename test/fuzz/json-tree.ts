/**
 * JSON as a tree that can hold what no JavaScript value can: a repeated name, `__proto__` as a plain name,
 * numbers beyond a double, single units of surrogate pairs, unlimited nesting.
 */
export type Node =
  | { kind: "object"; entries: [name: string, Node][] }
  | { kind: "list"; items: Node[] }
  /** Written as it is: a scalar, or a text that is almost JSON. */
  | { kind: "raw"; text: string };

export const raw = (text: string): Node => ({ kind: "raw", text });
export const textNode = (text: string): Node => raw(JSON.stringify(text));

export function treeOf(value: unknown): Node {
  if (Array.isArray(value)) return { kind: "list", items: value.map(treeOf) };
  if (typeof value !== "object" || value === null) return raw(JSON.stringify(value));
  return { kind: "object", entries: Object.entries(value).map(([name, item]) => [name, treeOf(item)]) };
}

export function writeTree(node: Node): string {
  switch (node.kind) {
    case "raw":
      return node.text;
    case "list":
      return `[${node.items.map(writeTree).join(",")}]`;
    case "object":
      return `{${node.entries.map(([name, item]) => `${JSON.stringify(name)}:${writeTree(item)}`).join(",")}}`;
  }
}

/** A place in a tree: its value, and how to replace it. */
export interface Place {
  node: Node;
  replace(node: Node): void;
  /** Removes it from its parent; the root cannot be removed. */
  remove(): void;
  /** A second one beside it: in an object under the same name. */
  repeat(node: Node): void;
  rename(name: string): void;
}

const nothing = (): void => undefined;

/** Every place of the tree, the root first. `root` is changed in place, through the holder. */
export function placesOf(holder: { root: Node }): Place[] {
  const places: Place[] = [];
  const visit = (node: Node, how: Omit<Place, "node">): void => {
    places.push({ node, ...how });
    if (node.kind === "list")
      node.items.forEach((item, index) =>
        visit(item, {
          replace: (next) => void (node.items[index] = next),
          remove: () => void node.items.splice(index, 1),
          repeat: (next) => void node.items.splice(index, 0, next),
          rename: nothing,
        }),
      );
    if (node.kind === "object")
      for (const entry of [...node.entries])
        visit(entry[1], {
          replace: (next) => void (entry[1] = next),
          remove: () => void (node.entries = node.entries.filter((candidate) => candidate !== entry)),
          repeat: (next) => void node.entries.push([entry[0], next]),
          rename: (name) => void (entry[0] = name),
        });
  };
  visit(holder.root, {
    replace: (next) => void (holder.root = next),
    remove: nothing,
    repeat: nothing,
    rename: nothing,
  });
  return places;
}
