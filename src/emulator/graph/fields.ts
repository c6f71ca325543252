/**
 * Field expansion: `fields=id,health_status{can_send_message},phone_numbers.limit(5){id}`. An unknown field
 * fails the whole request, as Meta's does. Source: Graph API guides "field expansion"; the error's wording
 * from public reports.
 */
import { missingField, notEmulated, oauth } from "./errors.ts";
import { isRecord } from "./request.ts";

export interface Field {
  name: string;
  /** `.limit(5)` -> { limit: "5" }. */
  modifiers: Record<string, string>;
  fields: Field[] | null;
}

/** What a kind of node can show. `Node` is the object the values are read from. */
export interface NodeType<Node> {
  name: string;
  fields: Record<string, (node: Node) => unknown>;
  /** Edges that may be expanded inside `fields`. */
  edges?: Record<string, (node: Node, field: Field) => unknown>;
  defaults: readonly string[];
  /** Fields that Meta refuses to this caller, and the whole read with them. */
  refused?: { names: readonly string[]; refusal: (name: string) => Error };
  /** Fields that Meta documents and this emulator does not fill. */
  notEmulated?: readonly string[];
}

export function parseFields(text: string): Field[] {
  const reader = { text, at: 0 };
  const fields = readFields(reader);
  if (reader.at < text.length) throw syntaxError(text, reader.at);
  return fields;
}

interface Reader {
  text: string;
  at: number;
}

function readFields(reader: Reader): Field[] {
  const fields: Field[] = [];
  for (;;) {
    fields.push(readField(reader));
    if (reader.text[reader.at] !== ",") return fields;
    reader.at += 1;
  }
}

function readField(reader: Reader): Field {
  const name = take(reader, /\s*([\w-]+)\s*/y);
  if (!name) throw syntaxError(reader.text, reader.at);
  const modifiers: Record<string, string> = {};
  for (let key = take(reader, /\.(\w+)(?=\()/y); key; key = take(reader, /\.(\w+)(?=\()/y)) {
    modifiers[key] = take(reader, /\(([^)]*)\)\s*/y) ?? "";
  }
  if (reader.text[reader.at] !== "{") return { name, modifiers, fields: null };
  reader.at += 1;
  const fields = readFields(reader);
  if (reader.text[reader.at] !== "}") throw syntaxError(reader.text, reader.at);
  reader.at += 1;
  take(reader, /(\s*)/y);
  return { name, modifiers, fields };
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (!match) return undefined;
  reader.at = pattern.lastIndex;
  return match[1];
}

function syntaxError(text: string, at: number): Error {
  return oauth(400, 2500, `Syntax error "Expected name." at character ${at}: ${text}`);
}

/** The node as the caller asked for it: the given fields or the type's defaults, and always its id. */
export function projectionOf<Node extends { id: string }>(
  type: NodeType<Node>,
  node: Node,
  fields: Field[] | null,
): Record<string, unknown> {
  const wanted = fields ?? type.defaults.map((name): Field => ({ name, modifiers: {}, fields: null }));
  const shown: Record<string, unknown> = {};
  for (const field of wanted) {
    const value = valueOf(type, node, field);
    if (value !== undefined) shown[field.name] = value;
  }
  return { ...shown, id: node.id };
}

function valueOf<Node extends { id: string }>(type: NodeType<Node>, node: Node, field: Field): unknown {
  if (type.refused?.names.includes(field.name) === true) throw type.refused.refusal(field.name);
  const read = type.fields[field.name];
  if (read) return partOf(read(node), field.fields);
  const edge = type.edges?.[field.name];
  if (edge) return edge(node, field);
  if (type.notEmulated?.includes(field.name)) {
    const known = Object.keys(type.fields).join(", ");
    throw notEmulated(`The field ${field.name} of ${type.name}`, `the fields ${known}`);
  }
  throw missingField(field.name, type.name);
}

/** The asked-for keys of an object, or of each object of a list. */
function partOf(value: unknown, fields: Field[] | null): unknown {
  if (!fields) return value;
  if (Array.isArray(value)) return value.map((item) => partOf(item, fields));
  if (!isRecord(value)) return value;
  const kept = fields.filter((field) => field.name in value);
  return Object.fromEntries(kept.map((field) => [field.name, partOf(value[field.name], field.fields)]));
}
