export interface Answer {
  status: number;
  headers: Headers;
  // The tests read deep into answers whose shape is what they test.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** One request as any program would send it; a body that is not text goes out as JSON. */
export async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isText = typeof body === "string";
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
