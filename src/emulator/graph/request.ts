/**
 * A Graph request after reading: where parameters stood (query, form or JSON) makes no difference to Meta.
 */
import { parameterRequired } from "./errors.ts";

export interface GraphRequest {
  method: string;
  /** With the version if one was given. */
  path: string;
  /** Path without version, cut at slashes. */
  segments: string[];
  version: string;
  query: Record<string, string>;
  /** Parsed JSON, form fields, or undefined. */
  body: unknown;
  headers: Record<string, string>;
  /** Scheme and host as the caller sees them, for links in answers. */
  origin: string;
}

export interface GraphAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export function answerOf(body: unknown): GraphAnswer {
  return { status: 200, body };
}

/** Version of unversioned calls: what Meta's samples and SDK pin. */
const DEFAULT_VERSION = "v25.0";

/** A stray percent sign is no id of Meta's; it stays as it came and finds nothing. */
function decodedOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function segmentsOf(path: string): { version: string; segments: string[] } {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodedOf);
  const version = /^v\d+\.\d+$/.test(parts[0] ?? "") ? (parts.shift() as string) : DEFAULT_VERSION;
  return { version, segments: parts };
}

/** A parameter of query, form or JSON body; a value of a JSON body that is no text is given back as JSON. */
export function paramOf(request: GraphRequest, name: string): string | undefined {
  const inBody = isRecord(request.body) ? request.body[name] : undefined;
  if (inBody !== undefined && inBody !== null)
    return typeof inBody === "string" ? inBody : JSON.stringify(inBody);
  return request.query[name];
}

export function requiredParamOf(request: GraphRequest, name: string): string {
  const value = paramOf(request, name);
  if (!value) throw parameterRequired(name);
  return value;
}

/**
 * `["MANAGE"]`, `['MANAGE']`, `MANAGE,DEVELOP`, `tasks[0]=MANAGE` and `tasks[]=MANAGE` are the same to Meta.
 */
export function listParamOf(request: GraphRequest, name: string): string[] | undefined {
  const whole = paramOf(request, name);
  if (whole !== undefined) return listIn(whole);
  const sources = { ...request.query, ...(isRecord(request.body) ? request.body : {}) };
  const single = Object.entries(sources).filter(([key]) => key.startsWith(`${name}[`));
  return single.length > 0 ? single.map(([, value]) => String(value)) : undefined;
}

function listIn(text: string): string[] {
  const inner = text.trim().replace(/^\[/, "").replace(/\]$/, "");
  return inner
    .split(",")
    .map((item) => item.trim().replace(/^["']|["']$/g, ""))
    .filter((item) => item !== "");
}

/** A parameter that is a JSON object, sent as JSON or as its text; undefined when absent or no object. */
export function objectParamOf(request: GraphRequest, name: string): Record<string, unknown> | undefined {
  const text = paramOf(request, name);
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Booleans arrive as JSON or as the words `true` and `false`. */
export function booleanParamOf(request: GraphRequest, name: string): boolean | undefined {
  const value = paramOf(request, name);
  return value === undefined ? undefined : value === "true" || value === "1";
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
