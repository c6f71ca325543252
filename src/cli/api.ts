import { request } from "undici";
import { StartError, UsageError } from "../lib/start-error.ts";
import { english } from "../messages/english.ts";

/** The address of the API and its key. */
export interface Api {
  /** Without a slash at the end. */
  url: string;
  key: string;
}

type Method = "GET" | "POST" | "DELETE";

const TIMEOUT_MS = 60_000;

/**
 * Asks the API. @returns the JSON of its answer; null where it has none
 * @throws StartError with the explanation of the refusal, or when nobody answers there
 */
export async function askApi<Answer>(api: Api, method: Method, path: string, body?: object): Promise<Answer> {
  const answer = await send(api, method, path, body);
  const text = await answer.body.text();
  if (answer.statusCode < 300) return JSON.parse(text || "null") as Answer;
  throw new StartError(
    refusalOf(text) ?? english("cli.no_words", { url: api.url, status: String(answer.statusCode) }),
  );
}

/** The lines of a stream as they come, until `signal` or the server ends it. */
export async function* readLines(api: Api, path: string, signal: AbortSignal): AsyncGenerator<string> {
  const answer = await send(api, "GET", path, undefined, signal);
  if (answer.statusCode >= 300) throw new StartError(refusalOf(await answer.body.text()) ?? "");
  answer.body.setEncoding("utf8");
  let rest = "";
  try {
    for await (const chunk of answer.body) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function send(
  { url, key }: Api,
  method: Method,
  path: string,
  body: object | undefined,
  signal?: AbortSignal,
): ReturnType<typeof request> {
  const headers = { "X-API-Key": key, ...(body && { "content-type": "application/json" }) };
  if (!/^https?:\/\//i.test(url)) throw new UsageError(english("cli.not_an_address", { url }));
  const limits = signal ? { bodyTimeout: 0, signal } : { bodyTimeout: TIMEOUT_MS };
  try {
    return await request(`${url}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: TIMEOUT_MS,
      ...limits,
    });
  } catch (cause) {
    throw new StartError(english("cli.nobody_there", { url }), { cause });
  }
}

/** The explanation of a problem (RFC 9457). */
function refusalOf(text: string): string | null {
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return title === undefined ? null : `${title}. ${detail ?? ""}`.trim();
  } catch {
    return null;
  }
}
