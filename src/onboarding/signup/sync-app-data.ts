import { cutText } from "../../lib/cut-text.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { metaMessageOf } from "../../sharing/evidence/evidence-table.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { isMetaError } from "../../meta/error-code.ts";
import type { SignupStep } from "./signup.ts";
import { isPassing } from "../passing-reply.ts";

/** Contacts first, then history: each once, within 24 hours of the signup (onboarding-business-app-users). */
const SYNC_TYPES = ["smb_app_state_sync", "history"] as const;
/**
 * Asks Meta for the contacts and chats of a number that stays in the app. The request ids are kept for Meta's
 * support.
 * @returns what became of it, or null when Meta gave no answer
 */
export async function syncAppData(
  account: MetaAccount,
  input: { phoneNumberIds: string[]; token: string },
): Promise<Pick<SignupStep, "status" | "metaMessage"> | null> {
  const outcomes: string[] = [];
  let failed = false;
  for (const phoneNumberId of input.phoneNumberIds)
    for (const type of SYNC_TYPES) {
      const reply = await account.graph.ask({
        method: "POST",
        path: `/${phoneNumberId}/smb_app_data`,
        body: { messaging_product: "whatsapp", sync_type: type },
        token: input.token,
      });
      if (isPassing(reply)) return null;
      const isKnown = reply.kind === "refusal" && isMetaError(reply.fault, "app_data_requested");
      failed ||= reply.kind !== "success" && !isKnown;
      outcomes.push(`${type}: ${outcomeOf(reply)}`);
    }
  return { status: failed ? "failed" : "done", metaMessage: cutText(outcomes.join("; "), 500) };
}

/** The id that Meta gave the request, or Meta's text why it refused. */
function outcomeOf(reply: GraphReply): string {
  if (reply.kind !== "success") return metaMessageOf(reply);
  const { request_id: requestId } = reply.body;
  return typeof requestId === "string" ? requestId : "asked";
}
