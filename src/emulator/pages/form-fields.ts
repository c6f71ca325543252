/**
 * Form fields made from a schema, so that a parameter which an action or a knob gains appears on the page by
 * itself.
 */
import { html } from "hono/html";
import { z } from "zod";
import type { Html } from "../http/layout.ts";

/** What of a schema decides its field. */
export interface FieldShape {
  name: string;
  kind: "choice" | "choices" | "flag" | "number" | "text" | "json";
  /** Whether an empty field means null. */
  nullable: boolean;
  options: string[];
  /** What an empty field means, in words; "" when it means nothing. */
  fallback: string;
  /** What it is for; "" where the schema does not say. */
  hint: string;
}

interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  default?: unknown;
  description?: string;
}

/** The fields of an object's schema, in its order. */
export function fieldsOf(schema: z.ZodType): FieldShape[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return Object.entries(json.properties ?? {}).map(([name, property]) => shapeOf(name, property));
}

function shapeOf(name: string, schema: JsonSchema): FieldShape {
  const isList = schema.type === "array";
  const options = optionsOf(isList ? (schema.items ?? {}) : schema);
  const type = typeOf(schema);
  const nullable = schema.anyOf?.some((each) => each.type === "null") ?? false;
  return {
    name,
    kind: kindOf(isList, options, type),
    nullable,
    options,
    fallback: wordsOf(schema.default),
    hint: schema.description ?? "",
  };
}

function kindOf(isList: boolean, options: string[], type: string): FieldShape["kind"] {
  if (options.length > 0) return isList ? "choices" : "choice";
  if (type === "boolean") return "flag";
  if (type === "object") return "json";
  return type === "integer" || type === "number" ? "number" : "text";
}

function typeOf(schema: JsonSchema): string {
  const type = schema.type ?? schema.anyOf?.find((each) => each.type !== "null")?.type ?? "string";
  return Array.isArray(type) ? (type.find((each) => each !== "null") ?? "string") : type;
}

/** The words a field may hold; a union counts by what is a word in it. */
function optionsOf(schema: JsonSchema): string[] {
  if (schema.enum) return schema.enum.filter((each) => each !== null).map(String);
  if (schema.const !== undefined && schema.const !== null) return [String(schema.const)];
  return (schema.anyOf ?? []).flatMap(optionsOf);
}

/** A value as a field shows it. */
export function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** One field. `value`: what stands in it now; undefined or "": nothing, so that the fallback counts. */
export function renderField(shape: FieldShape, name: string, value?: string): Html {
  if (shape.kind === "choices") return renderChoices(shape, name);
  const id = name.replace(/\W/g, "-");
  return html`<div class="field">
    <label for="${id}">${shape.name}</label>${renderInput(shape, name, id, value ?? "")}
    ${shape.hint ? html`<p class="dim small hint" id="${id}-hint">${shape.hint}</p>` : ""}
  </div>`;
}

function renderInput(shape: FieldShape, name: string, id: string, value: string): Html {
  const options = shape.kind === "flag" ? ["true", "false"] : shape.options;
  if (options.length === 0) {
    return html`<input
      id="${id}"
      name="${name}"
      value="${value}"
      placeholder="${shape.fallback}"
      autocomplete="off"
      ${describedBy(shape, id)}
      ${shape.kind === "number" ? html`inputmode="decimal"` : ""}
    />`;
  }
  const none = shape.nullable ? "none" : "not given";
  const empty = shape.fallback === "" ? none : `${shape.fallback} (default)`;
  return html`<select id="${id}" name="${name}" ${describedBy(shape, id)}>
    <option value="">${empty}</option>
    ${options.map((option) => html`<option ${option === value ? html`selected` : ""}>${option}</option>`)}
  </select>`;
}

function describedBy(shape: FieldShape, id: string): Html | "" {
  return shape.hint ? html`aria-describedby="${id}-hint"` : "";
}

function renderChoices(shape: FieldShape, name: string): Html {
  return html`<details class="choices">
    <summary>${shape.name}</summary>
    <fieldset>
      <legend class="dim small">
        ${shape.fallback ? `None ticked: ${shape.fallback}` : "Tick at least one"}
      </legend>
      ${shape.options.map(
        (option) =>
          html`<label class="check small"
            ><input type="checkbox" name="${name}" value="${option}" />${option}</label
          >`,
      )}
    </fieldset>
  </details>`;
}

/**
 * What was typed, as the schema wants it; undefined: not given. What cannot be read is handed on, for the
 * schema to refuse.
 */
export function valueOf(shape: FieldShape, given: string[]): unknown {
  const filled = given.filter((each) => each !== "");
  const [first] = filled;
  if (first === undefined) return shape.nullable && given.length > 0 ? null : undefined;
  if (shape.kind === "choices") return filled;
  if (shape.kind === "flag") return first === "true";
  if (shape.kind === "json") return jsonOf(first);
  return shape.kind === "number" && Number.isFinite(Number(first)) ? Number(first) : first;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
