import { isLoopback } from "../lib/loopback.ts";
import type { Config } from "../config/parse-config.ts";
import type { Check } from "./check.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { readAddress, type AddressAnswer } from "./read-address.ts";

const metaSays = speakerOf("meta");

const meta: Check = {
  id: "meta",
  needs: [],
  async run({ config }) {
    const { host, hostname, port, protocol } = new URL(config.metaGraphUrl);
    const answer = await readAddress(graphAddressOf(config));
    if (answer.kind === "answer") return metaSays("ok", "answers", { host });
    const names = {
      host: hostname,
      port: port || (protocol === "http:" ? "80" : "443"),
      why: answer.why,
    };
    return metaSays("bad", isLoopback(hostname) ? "emulator_silent" : "unreached", names);
  },
};

/** Without a token Meta answers with an error, and any answer is enough. */
const graphAddressOf = (config: Config): string => `${config.metaGraphUrl}/${config.metaGraphVersion}/`;

const clockSays = speakerOf("clock");
const SMALL_GAP_S = 30;
/** With a larger error fresh webhooks look stale, and stale ones fresh (src/sharing/model/timings.ts). */
const LARGE_GAP_S = 300;

const clock: Check = {
  id: "clock",
  needs: ["meta"],
  async run({ config, clock: ours }) {
    const askedAt = ours.now();
    const answer = await readAddress(graphAddressOf(config));
    const theirs = answer.kind === "answer" ? Date.parse(answer.headers.get("date") ?? "") : NaN;
    const { host } = new URL(config.metaGraphUrl);
    return Number.isNaN(theirs)
      ? clockSays("warning", "no_date", { host })
      : judgeClock({ askedAt, theirs, answeredAt: ours.now() });
  },
};

/** The header counts whole seconds and was written at some instant between question and answer. */
function judgeClock(at: { askedAt: number; theirs: number; answeredAt: number }): Finding {
  const aheadMs = at.askedAt - (at.theirs + 1000);
  const behindMs = at.theirs - at.answeredAt;
  const seconds = Math.ceil(Math.max(aheadMs, behindMs, 0) / 1000);
  const direction = aheadMs > behindMs ? "ahead of" : "behind";
  if (seconds < SMALL_GAP_S) return clockSays("ok", "agrees", { seconds: Math.max(seconds, 1) });
  return seconds < LARGE_GAP_S
    ? clockSays("warning", "off", { seconds, direction })
    : clockSays("bad", "far_off", { seconds, direction });
}

const urlSays = speakerOf("public_url");

const publicUrl: Check = {
  id: "public_url",
  needs: [],
  async run({ config }) {
    const url = config.publicUrl ?? "";
    const isLocal = isLoopback(new URL(url).hostname);
    const answer = await readAddress(`${url}/healthz`);
    if (answer.kind === "no_answer") return urlSays("bad", "silent", { url, why: answer.why });
    if (!isSharekeeper(answer)) return urlSays("bad", "other", { url, status: answer.status });
    return isLocal ? urlSays("warning", "local", { url }) : urlSays("ok", "answers", { url });
  },
};

function isSharekeeper(answer: Extract<AddressAnswer, { kind: "answer" }>): boolean {
  try {
    return answer.status === 200 && (JSON.parse(answer.text) as { status?: unknown } | null)?.status === "ok";
  } catch {
    return false;
  }
}

const callbackSays = speakerOf("callback");
/** "up to 3 MB" (webhooks/overview). */
const LARGEST_WEBHOOK_BYTES = 3 * 1024 * 1024;

const callback: Check = {
  id: "callback",
  needs: ["public_url"],
  async run({ config, random }) {
    const own = `${config.publicUrl}/webhooks/meta`;
    const challenge = String(random.bytes(4).readUInt32BE());
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.verify_token": config.metaWebhookVerifyToken,
      "hub.challenge": challenge,
    });
    const answer = await readAddress(`${own}?${query.toString()}`);
    if (answer.kind === "no_answer") return callbackSays("bad", "silent", { own, why: answer.why });
    if (answer.status === 200 && answer.text === challenge) return examineSize(own);
    const isOurs = answer.status === 403 && answer.text.startsWith("The verify token is not ours");
    if (isOurs) return callbackSays("bad", "wrong_token", { own });
    return callbackSays("bad", "other", { own, status: answer.status });
  },
};

/** With a signature that is not Meta's nothing is kept: 401 says that all of it came through. */
async function examineSize(own: string): Promise<Finding> {
  const body = " ".repeat(LARGEST_WEBHOOK_BYTES);
  const headers = { "Content-Type": "application/json", "X-Hub-Signature-256": `sha256=${"0".repeat(64)}` };
  const answer = await readAddress(own, { method: "POST", body, headers });
  if (answer.kind === "no_answer") return callbackSays("bad", "silent", { own, why: answer.why });
  if (answer.status === 401) return callbackSays("ok", "answers", { own });
  return callbackSays("bad", "too_small", { status: answer.status });
}

export const ADDRESS_CHECKS: readonly Check[] = [meta, clock, publicUrl];
export const CALLBACK_CHECK: Check = callback;
