import { readWebhookChecks } from "../../../connection/webhook-check-store.ts";
import { findOpenIncidents } from "../../../sharing/incidents/incident-store.ts";
import { type en, english } from "../../../messages/english.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { renderWebhookCheck } from "../connections/render-webhook-check.ts";

export interface SignupWarning {
  code: string;
  text: string;
}

/**
 * What would stop a client who is invited now: an open incident of the connection, or a fault that its last
 * checks found. Checks run every five minutes, every 30 s during an incident. Meta is not called here: a
 * program that repeats its request would spend Meta's limits. This is a warning and no refusal, because the
 * fault may be repaired before the client opens the invitation.
 */
export async function readSignupWarnings(
  { db }: Pick<HttpDeps, "db">,
  connectionId: string,
): Promise<SignupWarning[]> {
  const [incidents, webhookChecks] = await Promise.all([findOpenIncidents(db), readWebhookChecks(db)]);
  const incident = incidents.find((each) => each.connectionId === connectionId);
  const isToken = incident?.reason === "provider_token_invalid";
  const broken = (webhookChecks.get(connectionId) ?? [])
    .map(renderWebhookCheck)
    .filter(({ ok, check }) => !ok && (check !== "token" || !isToken));
  return [
    ...(incident === undefined ? [] : [warningOf(isToken ? "provider_token_invalid" : "meta_unreachable")]),
    ...broken.map(({ outcome, sentence, repair }) => ({
      code: outcome,
      text: [sentence, repair].filter((part) => part !== null).join(" "),
    })),
  ];
}

const warningOf = (code: keyof typeof en.signup_warning): SignupWarning => ({
  code,
  text: english(`signup_warning.${code}`),
});
