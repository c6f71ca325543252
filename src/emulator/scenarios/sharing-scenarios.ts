/**
 * Losses and repairs of the share itself: the cases of the page "Asset Sharing" for numbers that live on the
 * platform.
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
  OPTICIANS,
  PLATFORM_CLIENTS,
  refusedSignup,
  signup,
  TOYS,
  wait,
} from "./scenario.ts";
import type { Scenario } from "./scenario.ts";

const PAGE = "360dialog, Asset Sharing";
const OTHER_PARTNER = "599000000000001";

export const SHARING_SCENARIOS: readonly Scenario[] = [
  {
    name: "partner-removed",
    title: "A client removes the partner and assigns it again",
    about: "Messages stop at the removal. Full control given on the Partners tab brings them back.",
    source: `${PAGE}: BSP permission removed; sharing method 1`,
    steps: [
      act("The client removes the partner in Business Suite.", "partner.remove", { waba_id: FLORIST.wabaId }),
      wait("Ten minutes pass.", 10 * MINUTE_MS),
      act("The client assigns the partner again, with full control.", "partner.assign", {
        waba_id: FLORIST.wabaId,
      }),
    ],
  },
  {
    name: "signup-again",
    title: "A client removes the partner and repeats the signup",
    about: "The second way back: Embedded Signup again, with the existing account chosen.",
    source: `${PAGE}: sharing method 2`,
    steps: [
      act("The client removes the partner.", "partner.remove", { waba_id: BOOKS.wabaId }),
      wait("An hour passes.", HOUR_MS),
      signup("The client goes through Embedded Signup and chooses the same account.", BOOKS),
    ],
  },
  {
    name: "partial-then-full",
    title: "A partner is assigned with partial access only",
    about: "The account is shared, and messaging still does not work: only full control counts.",
    source: `${PAGE}: without a full control assignment, messaging is not possible`,
    steps: [
      act("The client removes the partner.", "partner.remove", { waba_id: COFFEE.wabaId }),
      act("The client assigns it again and forgets Full control.", "partner.assign", {
        waba_id: COFFEE.wabaId,
        tasks: ["VIEW_PHONE_ASSETS", "VIEW_TEMPLATES"],
      }),
      wait("Half an hour passes.", 30 * MINUTE_MS),
      act("The client gives full control.", "partner.assign", { waba_id: COFFEE.wabaId, tasks: ["MANAGE"] }),
    ],
  },
  {
    name: "silent-downgrade",
    title: "Full control is reduced, and Meta says nothing",
    about: "No webhook announces it: only a look at Meta finds the loss.",
    source: "no event is documented for a downgrade (webhooks reference account_update)",
    steps: [
      act("The client reduces the partner to partial access. No webhook follows.", "partner.reduce", {
        waba_id: TOYS.wabaId,
      }),
      wait("A day passes.", DAY_MS),
      act("The client gives full control back.", "partner.assign", { waba_id: TOYS.wabaId }),
    ],
  },
  {
    name: "silent-removal",
    title: "The partner is removed, and the webhook is lost",
    about: "Webhooks cannot be fetched afterwards: whoever trusts them alone goes on believing in the share.",
    source: "webhooks get lost (Create a webhook endpoint: 36 hours of retries, no history)",
    steps: [
      act("The client removes the partner; the webhook never arrives.", "partner.remove", {
        waba_id: DENTAL.wabaId,
        silent: true,
      }),
      wait("An hour passes.", HOUR_MS),
      act("The client assigns the partner again.", "partner.assign", { waba_id: DENTAL.wabaId }),
    ],
  },
  {
    name: "takeover",
    title: "A client goes over to another provider, and comes back",
    about: "While the other provider holds the account, Embedded Signup answers 2655093.",
    source: "Embedded Signup errors: 2655093; account_update: PARTNER_REMOVED",
    steps: [
      act("Another provider takes our place.", "partner.takeover", {
        waba_id: OPTICIANS.wabaId,
        business_id: OTHER_PARTNER,
      }),
      refusedSignup("The client tries the signup, and Meta refuses.", OPTICIANS, "2655093"),
      act("The client removes the other partner.", "partner.remove", {
        waba_id: OPTICIANS.wabaId,
        business_id: OTHER_PARTNER,
      }),
      act("The client assigns us again.", "partner.assign", { waba_id: OPTICIANS.wabaId }),
    ],
  },
  {
    name: "app-uninstalled",
    title: "A client removes the app; the share stays",
    about:
      "The client's own token dies while the portfolio's share stands; only a signup brings the app back.",
    source: "account_update: PARTNER_APP_UNINSTALLED",
    steps: [
      act("The client removes the app.", "app.uninstall", { waba_id: CAFE.wabaId }),
      wait("An hour passes.", HOUR_MS),
      signup("The client repeats the signup with the same account.", CAFE),
    ],
  },
  {
    name: "subscription-dropped",
    title: "The app's subscription to an account is gone",
    about: "Nobody loses access, but inbound messages stop until the subscription is made again.",
    source: "Managing webhooks: one subscription per account is needed",
    steps: [act("The subscription disappears.", "subscription.drop", { waba_id: FLORIST.wabaId })],
  },
  {
    name: "mass-removal",
    title: "Many clients remove the partner within a minute",
    about: "One wave of losses, in a minute; then all of them come back.",
    source: "invented: the worst day of a provider",
    steps: [
      ...PLATFORM_CLIENTS.map(({ wabaId }) =>
        act(`The client of ${wabaId} removes the partner.`, "partner.remove", { waba_id: wabaId }),
      ),
      wait("Fifteen minutes pass.", 15 * MINUTE_MS),
      ...PLATFORM_CLIENTS.map(({ wabaId }) =>
        act(`The client of ${wabaId} assigns the partner again.`, "partner.assign", { waba_id: wabaId }),
      ),
    ],
  },
];
