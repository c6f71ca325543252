import { english } from "../../messages/english.ts";
import { assertNever } from "../../lib/assert.ts";
import { enterGate } from "./enter-gate.ts";
import type { GateEntry, MessageCount } from "./gateway-deps.ts";
import { lostAnswerRefusal, tryAgainRefusal } from "./gateway-refusal.ts";
import { type GatewayRequest, refuseRequest } from "./gateway-request.ts";
import type { WireOutcome } from "./message-wire.ts";
import {
  answerHeadersOf,
  type AnswerMeaning,
  explainedOf,
  halfOpenOutcomeOf,
  meaningOfAnswer,
} from "./meta-answer.ts";

export function handBack(
  gatewayRequest: GatewayRequest,
  outcome: WireOutcome,
  sent: { entry: GateEntry; isHalfOpen: boolean },
): void {
  const { log } = gatewayRequest.context.deps;
  const about = {
    requestId: gatewayRequest.requestId,
    wabaId: sent.entry.wabaId,
    numberId: gatewayRequest.holder.numberId,
  };
  switch (outcome.kind) {
    case "answered":
      return handBackAnswer(gatewayRequest, outcome, sent);
    case "never_written":
      log.warn({ ...about, detail: outcome.detail }, "message not sent: cannot reach Meta");
      return refuseRequest(
        gatewayRequest,
        tryAgainRefusal("meta_unreachable", "meta", english("gateway.unreachable")),
        "not_sent",
      );
    case "withdrawn":
      return refuseWithdrawn(gatewayRequest);
    case "lost":
      log.warn({ ...about, detail: outcome.detail }, "message sent to Meta, answer lost");
      return refuseRequest(gatewayRequest, lostAnswerRefusal(), "unknown");
    default:
      assertNever(outcome, "outcome");
  }
}

/** The gate gives the reason why the message is no longer wanted. */
function refuseWithdrawn(gatewayRequest: GatewayRequest): void {
  const entered = enterGate(gatewayRequest);
  const refusal =
    "refusal" in entered
      ? entered.refusal
      : tryAgainRefusal("not_ready", "provider", english("gateway.not_ready"));
  refuseRequest(gatewayRequest, refusal);
}

type Answer = Extract<WireOutcome, { kind: "answered" }>;

function handBackAnswer(
  gatewayRequest: GatewayRequest,
  answer: Answer,
  sent: { entry: GateEntry; isHalfOpen: boolean },
): void {
  const { context, response, requestId } = gatewayRequest;
  const meaning = meaningOfAnswer(answer.status, answer.body);
  if (meaning.kind === "token_refused") {
    refuseRequest(
      gatewayRequest,
      tryAgainRefusal("provider_token_invalid", "provider", english("gateway.token_refused")),
      "not_sent",
    );
  } else {
    const headers = {
      ...answerHeadersOf(answer.headers),
      ...context.deps.answerHeaders,
      "content-length": answer.body.length,
      "Request-Id": requestId,
    };
    response.writeHead(answer.status, headers);
    response.end(answer.body);
    context.deps.onCount?.(countOf(answer.status, meaning));
  }
  if (meaning.kind === "unclear") warnOfUnclear(gatewayRequest, answer, sent.entry);
  learnFrom(gatewayRequest, answer.status, meaning, sent);
}

function warnOfUnclear(
  { context, holder, requestId }: GatewayRequest,
  answer: Answer,
  { wabaId }: GateEntry,
): void {
  const about = { requestId, wabaId, numberId: holder.numberId, status: answer.status };
  context.deps.log.warn(
    { ...about, contentType: answer.headers["content-type"], bytes: answer.body.length },
    "an answer to a message is neither an acceptance nor a refusal: it proves nothing",
  );
}

/** Passes Meta's answer to the core as evidence; nothing here changes a gate. */
function learnFrom(
  { context: { deps }, holder }: GatewayRequest,
  status: number,
  meaning: AnswerMeaning,
  { entry, isHalfOpen }: { entry: GateEntry; isHalfOpen: boolean },
): void {
  const { connectionId, numberId } = holder;
  const took = meaning.kind === "accepted" ? meaning.took : "nothing";
  if (meaning.kind !== "unclear") deps.onAnswered?.(numberId, took);
  if (meaning.kind === "refused" || meaning.kind === "token_refused") {
    const { code = null, subcode = null } = meaning.fault ?? {};
    const metaMessage = meaning.fault === null ? null : explainedOf(meaning.fault);
    deps.onRefused({ connectionId, numberId, status, code, subcode, metaMessage });
  }
  const found = isHalfOpen ? halfOpenOutcomeOf(meaning) : null;
  if (found !== null) deps.onHalfOpen(numberId, found);
  if (meaning.kind === "accepted" && !isHalfOpen && entry.isProvedBySending) deps.onAccepted?.(numberId);
}

function countOf(status: number, meaning: AnswerMeaning): MessageCount {
  if (meaning.kind === "accepted") return { outcome: "accepted", reason: null };
  if (meaning.kind === "unclear") return { outcome: "unclear", reason: `status_${status}` };
  const code = meaning.kind === "refused" ? meaning.fault.code : null;
  return { outcome: "refused_by_meta", reason: String(code ?? `status_${status}`) };
}
