import type { z } from "@hono/zod-openapi";
import { readBody } from "../../lib/read-body.ts";
import { Problem } from "../../problems.ts";

const API_BODY_LIMIT_BYTES = 1024 * 1024;

/** Parses the path, the query or the body by its schema. One problem names all faults. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem("invalid_request", {
    faults: parsed.error.issues.map((issue) => faultOf(issue, where)).join("; "),
  });
}

function faultOf(issue: z.core.$ZodIssue, where: string): string {
  const name = issue.path.length === 0 ? where : `${issue.path.join(".")} (${where})`;
  if (issue.code === "unrecognized_keys") return `${name} does not take ${issue.keys.join(", ")}`;
  const message = issue.message.replace(/^Invalid input: /, "");
  return `${name}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/**
 * The query as an object. An empty value counts as none; a repeated name is refused, because its meaning is
 * unclear.
 */
export function readQuery(url: string): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URL(url).searchParams) {
    if (value === "") continue;
    if (query.has(name)) throw new Problem("invalid_request", { faults: `query: ${name} is given twice` });
    query.set(name, value);
  }
  // A map, because `__proto__` is a name like any other here, and would be lost in an object.
  return Object.fromEntries(query);
}

/** The body as JSON; an empty body counts as an empty object. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, API_BODY_LIMIT_BYTES);
  if (bytes.length === 0) return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) throw new Problem("unsupported_media_type");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new Problem("malformed_body", {}, { cause });
  }
}

/** The body as it was sent. */
export const readRawBody = (request: Request): Promise<Buffer> => readBytes(request, API_BODY_LIMIT_BYTES);

/** The body of a form of our own pages. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new Problem("unsupported_media_type");
  return new URLSearchParams((await readBytes(request, API_BODY_LIMIT_BYTES)).toString("utf8"));
}

async function readBytes(request: Request, limit: number): Promise<Buffer> {
  const tooLarge = (): Problem => new Problem("body_too_large", { limit: `${limit / 1024 / 1024} MB` });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  const body = await readBody(chunksOf(request), limit);
  if (body === null) throw tooLarge();
  return body;
}

/** The sender closed the connection before its body was complete: nobody waits for an answer. */
export class ClientGone extends Error {}

/** A body that fails to arrive is always the sender's fault. */
async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* request.body ?? [];
  } catch (cause) {
    throw new ClientGone("The client closed the connection before its body was complete", { cause });
  }
}
