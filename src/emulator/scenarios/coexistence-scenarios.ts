/**
 * Losses of a number that is used in the WhatsApp Business app: only a repeated signup brings such a share
 * back.
 */
import {
  act,
  BAKERY,
  DAY_MS,
  HOUR_MS,
  LAUNDRY,
  MINUTE_MS,
  refusedSignup,
  signup,
  SURF_SCHOOL,
  wait,
} from "./scenario.ts";
import type { Client, Scenario, Step } from "./scenario.ts";

const PAGE = "360dialog, Asset Sharing: Coexistence";
const REFERENCE = "webhooks reference account_update: disconnection_info";

function again(client: Client): Step {
  return signup(
    "The client repeats Embedded Signup, chooses the same account and confirms in the app.",
    client,
  );
}

/** A loss in one act, an hour, and the signup. */
function lossOf(
  row: Pick<Scenario, "name" | "title" | "about" | "source">,
  client: Client,
  steps: readonly Step[],
): Scenario {
  return { ...row, steps: [...steps, wait("An hour passes.", HOUR_MS), again(client)] };
}

export const COEXISTENCE_SCENARIOS: readonly Scenario[] = [
  lossOf(
    {
      name: "coexistence-disconnected",
      title: "The client disconnects the number in the app",
      about:
        "Settings, Account, Business Platform, Disconnect. A partner cannot be assigned to such an account.",
      source: PAGE,
    },
    BAKERY,
    [
      act("The client presses Disconnect account in the app.", "coexistence.disconnect", {
        waba_id: BAKERY.wabaId,
      }),
      {
        say: "The client tries Assign partner instead, and Business Suite refuses.",
        do: "refused_act",
        input: { action: "partner.assign", waba_id: BAKERY.wabaId },
      },
    ],
  ),
  lossOf(
    {
      name: "coexistence-logged-out",
      title: "The client logs out of the phone",
      about: "Logging out of the device that runs the app ends the connection.",
      source: PAGE,
    },
    SURF_SCHOOL,
    [
      act("The client logs out of the device.", "coexistence.logout", { waba_id: SURF_SCHOOL.wabaId }),
      act("The client signs in on the phone again.", "coexistence.sign_in", { waba_id: SURF_SCHOOL.wabaId }),
    ],
  ),
  lossOf(
    {
      name: "coexistence-initial-device-logged-out",
      title: "The client logs out of the device used during the initial onboarding",
      about: "The number lives on a new phone; logging out of the old one ends the connection, too.",
      source: PAGE,
    },
    BAKERY,
    [
      act("The client registers the number on a new phone.", "coexistence.offboard", {
        waba_id: BAKERY.wabaId,
      }),
      act("Meta restores the connection.", "coexistence.reconnect", { waba_id: BAKERY.wabaId }),
      act("The client logs out of the old phone.", "coexistence.logout", {
        waba_id: BAKERY.wabaId,
        device: "initial",
      }),
    ],
  ),
  {
    name: "coexistence-banned",
    title: "The number is banned in the app, and the ban is lifted",
    about: "While the ban stands a signup is refused; lifting it restores nothing by itself.",
    source: `${PAGE}: the number is banned within the app`,
    steps: [
      act("The number is banned.", "coexistence.ban", { waba_id: LAUNDRY.wabaId }),
      refusedSignup("The client tries the signup, and Meta refuses.", LAUNDRY, "3441040"),
      wait("Two days pass.", 2 * DAY_MS),
      act("The ban is lifted. No webhook follows.", "coexistence.unban", { waba_id: LAUNDRY.wabaId }),
      again(LAUNDRY),
    ],
  },
  lossOf(
    {
      name: "coexistence-phone-idle",
      title: "Nobody opens the app for 14 days",
      about: "Meta ends the connection and names PRIMARY_INACTIVITY.",
      source: REFERENCE,
    },
    BAKERY,
    [
      act("Meta ends the connection after 14 days without the phone.", "coexistence.inactive", {
        waba_id: BAKERY.wabaId,
        which: "primary",
      }),
    ],
  ),
  lossOf(
    {
      name: "coexistence-companion-idle",
      title: "The companion is not used for 30 days",
      about: "Meta ends the connection and names COMPANION_INACTIVITY.",
      source: REFERENCE,
    },
    BAKERY,
    [
      act("Meta ends the connection after 30 days without the companion.", "coexistence.inactive", {
        waba_id: BAKERY.wabaId,
        which: "companion",
      }),
    ],
  ),
  {
    name: "coexistence-downgraded",
    title: "The number moves to the consumer app",
    about: "BUSINESS_DOWNGRADE. Until the number is back in the Business app a signup is refused.",
    source: REFERENCE,
    steps: [
      act("The number is registered with the consumer app.", "coexistence.downgrade", {
        waba_id: SURF_SCHOOL.wabaId,
      }),
      refusedSignup("The client tries the signup, and Meta refuses.", SURF_SCHOOL, "2655095"),
    ],
  },
  {
    name: "coexistence-number-changed",
    title: "The client changes to another number in the app",
    about: "CHANGE_NUMBER. The old number cannot come back; its successor is another account.",
    source: REFERENCE,
    steps: [
      act("The client changes the number.", "coexistence.change_number", { waba_id: LAUNDRY.wabaId }),
      refusedSignup(
        "The client tries the signup with the old account, and Meta refuses.",
        LAUNDRY,
        "2655095",
      ),
    ],
  },
  lossOf(
    {
      name: "coexistence-re-registered",
      title: "The number is registered on a new device, without the platform",
      about: "USER_RE_REGISTERED: the connection is given up for good.",
      source: REFERENCE,
    },
    SURF_SCHOOL,
    [
      act("The number is registered again, and the connection given up.", "coexistence.re_register", {
        waba_id: SURF_SCHOOL.wabaId,
      }),
    ],
  ),
  {
    name: "coexistence-offboarded-back",
    title: "A new phone: suspended, and back in minutes",
    about:
      "ACCOUNT_OFFBOARDED suspends messages while share and subscription stay; ACCOUNT_RECONNECTED ends it.",
    source: "Reconnect offboarded coexistence clients (May 2026)",
    steps: [
      act("The client registers the number on a new phone.", "coexistence.offboard", {
        waba_id: BAKERY.wabaId,
      }),
      wait("Four minutes pass.", 4 * MINUTE_MS),
      act("Meta restores the connection.", "coexistence.reconnect", { waba_id: BAKERY.wabaId }),
    ],
  },
  {
    name: "coexistence-offboarded-taken",
    title: "A new phone, and another provider meanwhile",
    about:
      "The connection that was to come back does not: another provider onboarded the account in between.",
    source: "Reconnect offboarded coexistence clients: no other partner meanwhile",
    steps: [
      act("The client registers the number on a new phone.", "coexistence.offboard", {
        waba_id: LAUNDRY.wabaId,
      }),
      wait("Two minutes pass.", 2 * MINUTE_MS),
      act("Another provider takes our place.", "partner.takeover", {
        waba_id: LAUNDRY.wabaId,
        business_id: "599000000000001",
      }),
      refusedSignup("The client tries the signup with us, and Meta refuses.", LAUNDRY, "2655093"),
    ],
  },
];
