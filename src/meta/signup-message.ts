import { cutText } from "../lib/cut-text.ts";
import { isJsonObject } from "./exact-json.ts";
import { parseMetaId } from "./meta-id.ts";

/**
 * What Meta's dialog says to the page that opened it (`WA_EMBEDDED_SIGNUP`). Source:
 * embedded-signup/implementation (Jun 2026) and embedded-signup/errors (Feb 2026). Names of events are
 * accepted by prefix: public code shows more of them than Meta's pages do.
 */
export type SignupMessage =
  | {
      kind: "finished";
      event: string;
      /**
       * Several only in flows that share several at once. A finish may name none: the token then says what
       * was granted.
       */
      wabaIds: string[];
      /** Absent after the coexistence flow by the documentation. */
      phoneNumberId: string | null;
      businessId: string | null;
      /** Which flow ended: a number of the platform, or one that stays in the WhatsApp Business app. */
      as: "platform" | "coexistence" | "unknown";
      /**
       * Only our app was granted, and nothing shared with our portfolio. Absent in messages kept from before
       * it was read.
       */
      isAppOnly?: boolean;
    }
  /** The person closed the dialog on this screen. */
  | { kind: "left"; step: string | null }
  | { kind: "failed"; code: string | null; metaMessage: string | null }
  | { kind: "other" };

const APP_ONLY = "FINISH_GRANT_ONLY_API_ACCESS";

const ENDED_AS: Record<string, "platform" | "coexistence"> = {
  FINISH: "platform",
  FINISH_ONLY_WABA: "platform",
  FINISH_OBO_MIGRATION: "platform",
  // An app-only install takes no number of the WhatsApp Business app (app-only-install).
  [APP_ONLY]: "platform",
  FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING: "coexistence",
};

/** Reads the message as the page received it, its JSON already parsed. What is not Meta's is `other`. */
export function parseSignupMessage(value: unknown): SignupMessage {
  if (!isJsonObject(value) || value.type !== "WA_EMBEDDED_SIGNUP" || typeof value.event !== "string")
    return { kind: "other" };
  const event = cutText(value.event.trim().toUpperCase(), WORD_LIMIT);
  const data = isJsonObject(value.data) ? value.data : {};
  if (event.startsWith("FINISH")) return finishedOf(event, data);
  if (event.startsWith("CANCEL") || event.startsWith("ERROR")) return endedOf(event, data);
  return { kind: "other" };
}

function finishedOf(event: string, data: Record<string, unknown>): SignupMessage {
  const several: unknown[] = Array.isArray(data.waba_ids) ? data.waba_ids.slice(0, MOST_WABAS) : [];
  const ids = [data.waba_id, ...several].map(parseMetaId).filter((id) => id !== null);
  return {
    kind: "finished",
    event,
    wabaIds: [...new Set(ids)],
    // Phase 2 of the account model gives the phone number id a second name.
    phoneNumberId: parseMetaId(data.phone_number_id) ?? parseMetaId(data.cs_id),
    businessId: parseMetaId(data.business_id),
    as: Object.hasOwn(ENDED_AS, event) ? (ENDED_AS[event] ?? "unknown") : "unknown",
    isAppOnly: event === APP_ONLY,
  };
}

/**
 * The same event reports a person who left and an error that the person reported; only the second has a code
 * or a message.
 */
function endedOf(event: string, data: Record<string, unknown>): SignupMessage {
  const code = wordOf(data.error_code) ?? wordOf(data.error_id);
  const metaMessage = wordOf(data.error_message);
  if (code !== null || metaMessage !== null || event.startsWith("ERROR"))
    return { kind: "failed", code, metaMessage };
  return { kind: "left", step: wordOf(data.current_step) };
}

const WORD_LIMIT = 300;
const MOST_WABAS = 100;

function wordOf(value: unknown): string | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? cutText(text.trim(), WORD_LIMIT) : null;
}
