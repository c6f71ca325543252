import { expect, test } from "vitest";
import { activityTextOf } from "../../hub/src/features/waba/app-activity.ts";

const AT = "2026-11-20T10:00:00Z";

/** L8: "opened often enough" beside "nobody has confirmed it". */
test.each([
  ["confirmed", "fresh", AT, "green", "The WhatsApp Business app is opened often enough"],
  [
    "only counted from the signup",
    "fresh",
    null,
    "grey",
    "The WhatsApp Business app has to be opened every 13 days",
  ],
  ["due, never confirmed", "due_soon", null, "amber", "The WhatsApp Business app should be opened soon"],
  [
    "overdue, once confirmed",
    "overdue",
    AT,
    "amber",
    "The WhatsApp Business app is overdue: nobody has confirmed that it was opened",
  ],
] as const)("%s", (_name, state, confirmed_at, lamp, text) => {
  expect(activityTextOf({ state, confirmed_at })).toEqual({ lamp, text });
});
