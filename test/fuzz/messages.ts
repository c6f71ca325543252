import type { ServerResponse } from "node:http";
import { randomOf, type RandomSource } from "../simulation/random-source.ts";
import { closed, stopServers, app, meta, send, type TestApp } from "../support/gateway-app.ts";
import { errorBody } from "./fake-meta.ts";
import { spoiledBytes, spoiledText } from "./mutate.ts";
import { mayBeAcceptance, mayRefuseNumber } from "./oracle.ts";
import type { Outcome } from "./run-fuzz.ts";

/** What Meta, a web filter or a broken proxy answers to a message. */
interface MessageAnswer {
  status: number;
  type: string;
  body: Buffer;
  /** Meta's own text, unspoiled: such an acceptance must be seen. */
  isPlain: boolean;
}

/**
 * Half-open messages through the real gateway and its sockets. The oracle judges what the answer proves, and
 * the sender must get the answer byte for byte. One at a time, so that each report of the gateway belongs to
 * the answer before it.
 */
export async function fuzzMessages({ seed, count }: { seed: number; count: number }): Promise<Outcome> {
  const outcome: Outcome = { count: 0, cases: 0, findings: [] };
  let answer: MessageAnswer = answerOf(randomOf(seed));
  const upstream = await meta((response) => giveAnswer(response, answer));
  try {
    const gateway = await app(upstream.url, { keepsThroughput: false });
    gateway.entry.verdict = { decision: "half_open", refusal: closed };
    for (let at = seed; at < seed + count && outcome.findings.length < 5; at += 1) {
      answer = answerOf(randomOf(at));
      const fault = await faultOfMessage(gateway, answer);
      outcome.cases += 1;
      outcome.count += 1;
      if (fault === null) continue;
      const shown = JSON.stringify(answer.body.toString("latin1").slice(0, 600));
      outcome.findings.push({
        target: "messages",
        seed: at,
        fault,
        story: [`status ${answer.status}`, shown],
      });
    }
  } finally {
    await stopServers();
  }
  return outcome;
}

async function faultOfMessage(
  gateway: TestApp,
  { status, body, isPlain }: MessageAnswer,
): Promise<string | null> {
  const { url, halfOpen, counts, refused } = gateway;
  for (const list of [halfOpen, counts, refused]) list.length = 0;
  const got = await send(url);
  const isOurs = got.headers["sharekeeper-refused"] !== undefined;
  if (!isOurs && (got.status !== status || got.text !== arrivedOf(status, body).toString()))
    return "the answer was changed";
  // The gateway stops reading an answer of more than 4 MB, and its outcome is unknown.
  if (body.length > ANSWER_LIMIT)
    return got.status === 504 && counts[0]?.outcome === "unknown" ? null : "too large";
  if (isOurs && got.headers["sharekeeper-refused"] !== "provider_token_invalid")
    return "a refusal of our own";
  const arrived = arrivedOf(status, body);
  const mayBe = mayBeAcceptance(status, arrived);
  const isAccepted = halfOpen.some(([, accepted]) => accepted);
  const isRefusal = halfOpen.some(([, accepted]) => !accepted);
  const faults: [isFault: boolean, text: string][] = [
    [isAccepted && !mayBe, "a half-open message counts as accepted without evidence"],
    [isPlain && mayBe && !isAccepted, "an acceptance was missed"],
    [(counts[0]?.outcome === "accepted") !== isAccepted, "a message is counted wrongly"],
    [
      isRefusal && !mayRefuseNumber(status, arrived),
      "a half-open message counts as refused without evidence",
    ],
    [isAccepted && refused.length > 0, "an acceptance is counted as a refusal"],
  ];
  return faults.find(([isFault]) => isFault)?.[1] ?? null;
}

/** HTTP gives these statuses no body (RFC 9110, 6.4.1). */
const arrivedOf = (status: number, body: Buffer): Buffer =>
  status === 204 || status === 304 ? Buffer.alloc(0) : body;

function giveAnswer(response: ServerResponse, { status, type, body }: MessageAnswer): void {
  response.writeHead(status, type === "" ? {} : { "content-type": type });
  response.end(body);
}

const ANSWER_LIMIT = 4 * 1024 * 1024;
const STATUSES = [
  200, 200, 200, 200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 429, 500, 502, 503, 600,
];
const CODES = [
  0, 1, 3, 4, 10, 33, 100, 131005, 131031, 131037, 131042, 130429, 133010, 190, 200, 299, 368, -1,
];
const ACCEPTANCES = [
  {
    messaging_product: "whatsapp",
    contacts: [{ input: "+15550100", wa_id: "15550100" }],
    messages: [{ id: "wamid.HBgL", message_status: "accepted" }],
  },
  { messages: [{ id: "wamid.1" }, { id: "" }] },
  { success: true },
];
const PAGES = [
  "",
  "<html><title>Please sign in</title></html>",
  "{}",
  "[]",
  "null",
  "true",
  '{"success":false}',
  '{"success":"true"}',
  '{"success":1}',
  '{"messages":[]}',
  '{"messages":[null]}',
  '{"messages":[{"id":""}]}',
  '{"messages":[{"id":" "}]}',
  '{"messages":[{"id":7}]}',
  '{"messages":{"0":{"id":"wamid.1"}}}',
  '{"data":{"messages":[{"id":"wamid.1"}]}}',
  '{"error":null,"messages":[{"id":"wamid.1"}]}',
  '{"error":{"code":131016},"messages":[{"id":"wamid.1"}]}',
  '{"error":{"code":131016}}',
  '{"success":true',
];

function answerOf(random: RandomSource): MessageAnswer {
  const kind = random.weighted({ acceptance: 10, spoiled: 45, error: 20, page: 25 });
  const [status, type] = [random.pick(STATUSES), random.pick(["application/json", "text/html", ""])];
  const asIs = (value: unknown): MessageAnswer => ({
    status,
    type,
    body: Buffer.from(JSON.stringify(value)),
    isPlain: true,
  });
  if (kind === "acceptance") return asIs(random.pick(ACCEPTANCES));
  if (kind === "page") return { status, type, body: Buffer.from(random.pick(PAGES)), isPlain: false };
  const answered =
    kind === "error" ? errorBody(random.pick(CODES), random.pick([undefined, 33])) : random.pick(ACCEPTANCES);
  if (kind === "error" && random.chance(0.5)) return asIs(answered);
  const shown = random.chance(0.1)
    ? { ...random.pick(ACCEPTANCES), ...errorBody(131016, undefined) }
    : answered;
  return { status, type, body: spoiledBytes(random, spoiledText(random, shown)), isPlain: false };
}
