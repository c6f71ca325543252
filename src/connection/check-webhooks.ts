import { appendAudit } from "../access/audit-store.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { askCallback } from "../meta/ask-callback.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { readCertificate } from "./read-certificate.ts";
import { readWebhookChecks, saveWebhookCheck } from "./webhook-check-store.ts";
import {
  appSubscriptionOf,
  judgeCertificate,
  judgeSubscription,
  judgeToken,
  mayRepair,
  SUBSCRIBED_OBJECT,
  WANTED_FIELDS,
  type WebhookCheck,
  type WebhookCheckName,
  type Finding,
} from "./webhook-check.ts";
import { metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import type { MetaAccount } from "../sharing/probe/meta-account.ts";

export interface WebhookCheckDeps {
  db: Database;
  clock: Clock;
  random: Random;
  /** Called for each repair, and for each outcome that is new. */
  onWebhookCheck(connectionId: string, webhookCheck: WebhookCheck): void;
}

/** What only the connection's owner can configure. */
export interface OwnCallback {
  /** "https://share.example.com/webhooks/meta": what Meta should call; null when PUBLIC_URL is not set. */
  callbackUrl: string | null;
  verifyToken: string;
  appSecret: string;
  /** Whether anything may be written at Meta. */
  mayWrite: boolean;
}

/**
 * Checks webhook health: the app's subscription, our callback, our token. A subscription that is missing, or
 * that lacks the field that announces removals, is repaired where we may write. Each repair is on the audit
 * trail. An inconclusive answer changes nothing.
 */
export async function checkWebhooks(
  deps: WebhookCheckDeps,
  account: MetaAccount,
  ownCallback: OwnCallback,
): Promise<void> {
  const appToken = `${account.appId}|${ownCallback.appSecret}`;
  const [subscriptions, token, callback] = await Promise.all([
    account.graph.ask({ method: "GET", path: `/${account.appId}/subscriptions`, token: appToken }),
    account.graph.ask({
      method: "GET",
      path: "/debug_token",
      query: { input_token: account.token },
      token: appToken,
    }),
    askOwnCallback(deps, ownCallback),
  ]);
  await keep(deps, account, "callback", callback);
  await checkCertificate(deps, account, ownCallback);
  if (token.kind !== "no_answer") await keep(deps, account, "token", judgeToken(token, deps.clock.now()));
  if (subscriptions.kind === "no_answer") return;
  const found = judgeSubscription(subscriptions, ownCallback.callbackUrl);
  const isRepaired =
    mayRepair(found.outcome) && ownCallback.mayWrite && callback.outcome === "answers"
      ? await repairSubscription(deps, account, ownCallback, { found, subscriptions })
      : false;
  if (!isRepaired) await keep(deps, account, "app_subscription", found);
}

async function askOwnCallback(
  deps: Pick<WebhookCheckDeps, "random">,
  { callbackUrl, verifyToken }: OwnCallback,
): Promise<Finding> {
  if (callbackUrl === null) return { outcome: "address_unknown", detail: {} };
  const answer = await askCallback(callbackUrl, { verifyToken, challenge: challengeOf(deps.random) });
  const detail = { callback: callbackUrl };
  if (answer.kind === "verified") return { outcome: "answers", detail };
  return { outcome: "does_not_answer", detail: { ...detail, metaMessage: answer.metaMessage } };
}

/** Only an https address has one. The callback of a sandbox has none. */
async function checkCertificate(
  deps: Pick<WebhookCheckDeps, "db" | "clock" | "onWebhookCheck">,
  account: MetaAccount,
  { callbackUrl }: OwnCallback,
): Promise<void> {
  if (callbackUrl === null || !callbackUrl.startsWith("https:")) return;
  const answer = await readCertificate(callbackUrl);
  if (answer.kind === "unreached") return;
  await keep(deps, account, "certificate", judgeCertificate(answer, callbackUrl, deps.clock.now()));
}

/** Subscribes the app to the missing fields and keeps the others. @returns whether Meta accepted it */
async function repairSubscription(
  deps: Pick<WebhookCheckDeps, "db" | "clock" | "onWebhookCheck">,
  account: MetaAccount,
  ownCallback: OwnCallback,
  { found, subscriptions }: { found: Finding; subscriptions: GraphReply },
): Promise<boolean> {
  const before = appSubscriptionOf(subscriptions);
  const callback = before?.callbackUrl ?? ownCallback.callbackUrl ?? "";
  const reply = await account.graph.ask({
    method: "POST",
    path: `/${account.appId}/subscriptions`,
    query: {
      object: SUBSCRIBED_OBJECT,
      callback_url: callback,
      verify_token: ownCallback.verifyToken,
      fields: [...new Set([...(before?.fields ?? []), ...WANTED_FIELDS])].join(","),
    },
    token: `${account.appId}|${ownCallback.appSecret}`,
  });
  const isTaken = reply.kind === "success";
  const now = deps.clock.now();
  const line = {
    at: now,
    connectionId: account.connectionId,
    actor: "system",
    action: isTaken ? "app_subscription.repaired" : "app_subscription.repair_failed",
    target: { type: "app", id: account.appId },
    detail: { found: found.outcome, ...(!isTaken && { metaMessage: metaMessageOf(reply) }) },
  };
  await deps.db.transaction((tx) => appendAudit(tx, line));
  if (isTaken)
    await keep(deps, account, "app_subscription", { outcome: "subscribed", detail: { callback } }, now);
  return isTaken;
}

async function keep(
  deps: Pick<WebhookCheckDeps, "db" | "clock" | "onWebhookCheck">,
  account: MetaAccount,
  check: WebhookCheckName,
  finding: Finding,
  repairedAt: number | null = null,
): Promise<void> {
  const { connectionId } = account;
  const before = (await readWebhookChecks(deps.db))
    .get(connectionId)
    ?.find((webhookCheck) => webhookCheck.check === check);
  const webhookCheck: WebhookCheck = { check, ...finding, at: deps.clock.now(), repairedAt };
  await saveWebhookCheck(deps.db, connectionId, webhookCheck);
  if (before?.outcome !== finding.outcome || repairedAt !== null)
    deps.onWebhookCheck(connectionId, webhookCheck);
}

const challengeOf = (random: Random): string => String(1 + Math.floor(random.next() * 999_999_999));
