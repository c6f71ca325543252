import type { RawAnswer } from "../../src/meta/graph-reply.ts";
import type { RandomSource } from "../simulation/random-source.ts";
import { blockedBody, errorBody, type Edge, type WireAnswer } from "./fake-meta.ts";
import { spoiledBytes, spoiledText } from "./mutate.ts";

const STATUSES = [200, 200, 200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 429, 500, 502, 503, 504, 600];
const CODES = [
  -1, 0, 1, 2, 3, 4, 10, 17, 33, 80007, 100, 102, 104, 190, 199, 200, 210, 299, 300, 368, 452, 613, 803,
];
const MESSAGING_CODES = [2500, 130429, 131000, 131005, 131016, 131031, 131057, 133010, 2147483648];
const SUBCODES = [undefined, undefined, 33, 33, 460, 463, 2018001];

const PAGES = [
  "",
  "<!DOCTYPE html><html><body>Sorry, something went wrong.</body></html>",
  '<?xml version="1.0"?><error/>',
  "null",
  "[]",
  '"ok"',
  "true",
  "{}",
  '{"data":[]}',
  '{"data":{}}',
  '{"success":true}',
  '{"success":false}',
  '{"id":"100000000000001"}',
  '{"error":null}',
  '{"error":"invalid_request"}',
  '{"error":{}}',
  '{"error":{"message":""}}',
  '{"error":{"code":"190"}}',
  '{"error":{"code":1e999,"message":"x"}}',
];

const COUNTERS = [
  '{"call_count":100,"total_cputime":25,"total_time":25}',
  '{"734443296905665":[{"type":"whatsapp_business_management","call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":60}]}',
  '{"call_count":1e308,"estimated_time_to_regain_access":1e308}',
  '{"a":[{"call_count":-1,"estimated_time_to_regain_access":-5}]}',
  '{"__proto__":[{"call_count":100}]}',
  '{"a":[null,1,"x",[]]}',
  "[",
  "",
  "null",
];

const HEADERS = [
  "x-app-usage",
  "x-business-use-case-usage",
  "content-type",
  "content-encoding",
  "location",
  "__proto__",
];

function spoiledHeaders(random: RandomSource): RawAnswer["headers"] {
  const headers: RawAnswer["headers"] = {
    "content-type": random.pick(["application/json", "text/html", ""]),
  };
  for (let count = random.pick([0, 0, 0, 1, 2]); count > 0; count -= 1) {
    const counter = random.pick(COUNTERS);
    const value = random.chance(0.3) ? spoiledText(random, { a: [{ call_count: 99 }] }) : counter;
    headers[random.pick(HEADERS)] = random.chance(0.1)
      ? [value, value]
      : random.chance(0.02)
        ? value.repeat(2000)
        : value;
  }
  return headers;
}

/** An answer to this question that Meta, a proxy, or nobody would give. */
export function spoiledAnswer(
  random: RandomSource,
  healthy: Record<Edge, Record<string, unknown>>,
  edge: Edge,
): WireAnswer {
  const kind = random.weighted({ body: 50, error: 20, page: 12, other: 5, none: 5, status: 8 });
  if (kind === "none") return random.pick(["broken", "timeout", "no_network"] as const);
  const headers = spoiledHeaders(random);
  const asIs = (text: string, status: number): WireAnswer => ({ status, headers, body: Buffer.from(text) });
  switch (kind) {
    case "body": {
      const body = edge === "waba" && random.chance(0.3) ? blockedBody() : healthy[edge];
      return {
        status: random.chance(0.9) ? 200 : random.pick(STATUSES),
        headers,
        body: spoiled(random, body),
      };
    }
    case "error": {
      const code = random.pick(random.chance(0.7) ? CODES : MESSAGING_CODES);
      const body = errorBody(code, random.pick(SUBCODES));
      const isPlain = random.chance(0.5);
      return {
        status: random.pick(STATUSES),
        headers,
        body: isPlain ? Buffer.from(JSON.stringify(body)) : spoiled(random, body),
      };
    }
    case "page":
      return asIs(random.pick(PAGES), random.pick(STATUSES));
    // The answer to another question.
    case "other":
      return asIs(JSON.stringify(random.pick(Object.values(healthy))), 200);
    case "status":
      return asIs(JSON.stringify(healthy[edge]), random.pick(STATUSES));
  }
}

const spoiled = (random: RandomSource, value: unknown): Buffer =>
  spoiledBytes(random, spoiledText(random, value));
