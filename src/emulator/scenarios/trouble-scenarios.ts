/**
 * Trouble that is nobody's loss, or looks like one: Meta's outages, webhooks that come late, twice or from
 * nobody.
 */
import {
  act,
  BOOKS,
  CAFE,
  COFFEE,
  DAY_MS,
  DENTAL,
  FLORIST,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  TOYS,
  wait,
} from "./scenario.ts";
import type { Scenario } from "./scenario.ts";

const PARTNER = "734443296905665";

export const TROUBLE_SCENARIOS: readonly Scenario[] = [
  {
    name: "meta-outage",
    title: "The Graph API is down for ten minutes",
    about:
      "Silence proves nothing: no share is lost, though no look succeeds. One client really leaves meanwhile.",
    source: "Error codes: 2, service unavailable",
    steps: [
      {
        say: "Every request to the Graph API fails.",
        do: "fault",
        input: {
          match: {},
          respond: { status: 503, error: { code: 2, message: "Service temporarily unavailable" } },
        },
      },
      wait("Five minutes pass.", 5 * MINUTE_MS),
      act("A client removes the partner while Meta is down.", "partner.remove", { waba_id: DENTAL.wabaId }),
      wait("Five more minutes pass.", 5 * MINUTE_MS),
      { say: "The Graph API is back.", do: "end_faults" },
    ],
  },
  {
    name: "meta-silent",
    title: "Connections to the Graph API break off",
    about: "Every second request gets no answer at all; nothing may be concluded from that.",
    source: "invented: a bad network",
    steps: [
      {
        say: "Half of all requests break off.",
        do: "fault",
        input: { match: {}, respond: "reset", probability: 0.5 },
      },
      wait("Ten minutes pass.", 10 * MINUTE_MS),
      { say: "The network is well again.", do: "end_faults" },
    ],
  },
  {
    name: "throttled",
    title: "Meta throttles one account's management calls",
    about: "80008 is a limit and no loss: whoever asks less gets answers again.",
    source: "Error codes: 80008",
    steps: [
      {
        say: "Calls about one account are refused with 80008.",
        do: "fault",
        input: {
          match: { waba_id: FLORIST.wabaId },
          respond: {
            status: 400,
            error: {
              code: 80008,
              message:
                "(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try again.",
            },
          },
        },
      },
      wait("An hour passes.", HOUR_MS),
      { say: "The hour is over.", do: "end_faults" },
    ],
  },
  {
    name: "race-on-repair",
    title: "The news of the loss arrives after the repair",
    about: "The client removes the partner and assigns it again at once; the first webhook comes last.",
    source: "order is never promised (webhooks); retries",
    steps: [
      act("The client removes the partner; the webhook takes twelve seconds.", "partner.remove", {
        waba_id: BOOKS.wabaId,
        webhook: { delay_ms: 12 * SECOND_MS },
      }),
      wait("Three seconds pass.", 3 * SECOND_MS),
      act("The client assigns the partner again; that webhook is quick.", "partner.assign", {
        waba_id: BOOKS.wabaId,
      }),
      wait("Half a minute passes, and the old news arrives.", 30 * SECOND_MS),
    ],
  },
  {
    name: "late-redelivery",
    title: "An old removal is delivered again, days later",
    about: "The share was repaired long ago; the repeated webhook must not close it again for good.",
    source: "retries for 36 hours or 7 days (two pages of Meta's disagree)",
    steps: [
      act("The client removes the partner; the same webhook will come a second time.", "partner.remove", {
        waba_id: COFFEE.wabaId,
      }),
      wait("Ten minutes pass.", 10 * MINUTE_MS),
      act("The client assigns the partner again.", "partner.assign", { waba_id: COFFEE.wabaId }),
      wait("Five days pass.", 5 * DAY_MS),
      {
        say: "The removal of five days ago is delivered again.",
        do: "webhook",
        input: {
          field: "account_update",
          entry_id: PARTNER,
          value: {
            event: "PARTNER_REMOVED",
            waba_info: { waba_id: COFFEE.wabaId, owner_business_id: COFFEE.businessId },
          },
        },
      },
      wait("A minute passes.", MINUTE_MS),
    ],
  },
  {
    name: "doubled-webhooks",
    title: "One removal is delivered five times, in the wrong order",
    about: "Repetition is normal: one loss, told once.",
    source: "retries go to all subscribed apps (Webhooks overview)",
    steps: [
      act("The client removes the partner; five copies arrive, the last one first.", "partner.remove", {
        waba_id: TOYS.wabaId,
        webhook: { duplicates: 5, order: "reversed" },
      }),
      wait("A minute passes.", MINUTE_MS),
      act("The client assigns the partner again.", "partner.assign", { waba_id: TOYS.wabaId }),
    ],
  },
  {
    name: "forged-webhook",
    title: "Somebody sends a removal with a wrong signature",
    about: "The share stands, and the webhook is nobody's: it must be refused and change nothing.",
    source: "Create a webhook endpoint: X-Hub-Signature-256",
    steps: [
      {
        say: "A forged PARTNER_REMOVED arrives.",
        do: "webhook",
        input: {
          field: "account_update",
          entry_id: PARTNER,
          value: {
            event: "PARTNER_REMOVED",
            waba_info: { waba_id: CAFE.wabaId, owner_business_id: CAFE.businessId },
          },
          webhook: { signature: "wrong" },
        },
      },
    ],
  },
  {
    name: "own-token-revoked",
    title: "The provider's own token dies",
    about: "Every look fails with 190, and no client is to blame.",
    source: "Error codes: 190",
    steps: [
      act("The system user's token is revoked.", "token.revoke", { owner: "system_user" }),
      wait("Twenty minutes pass.", 20 * MINUTE_MS),
      act("The token works again.", "token.restore", { owner: "system_user" }),
    ],
  },
  {
    name: "account-restricted",
    title: "Meta restricts an account, disables it and gives it back",
    about: "The share stands all the time; what Meta closes, only Meta opens.",
    source: "account_update: ACCOUNT_RESTRICTION, DISABLED_UPDATE",
    steps: [
      act("Meta restricts messages in both directions.", "waba.restrict", { waba_id: FLORIST.wabaId }),
      wait("A day passes.", DAY_MS),
      act("Meta disables the account.", "waba.disable", { waba_id: FLORIST.wabaId }),
      wait("A day passes.", DAY_MS),
      act("Meta gives the account back.", "waba.reinstate", { waba_id: FLORIST.wabaId }),
    ],
  },
];
