import type { Lamp, WabaNumber } from "../../api/types.ts";
import { t } from "../../messages.ts";

type Activity = NonNullable<WabaNumber["app_activity"]>;

/** Overdue is no loss yet: only Meta can make it one. */
const LAMPS = { fresh: "green", due_soon: "amber", overdue: "amber" } as const;

/** Lamp and text for the app activity. Green needs a confirmation. */
export function activityTextOf({ state, confirmed_at: at }: Pick<Activity, "state" | "confirmed_at">): {
  lamp: Lamp;
  text: string;
} {
  const isAssumed = state === "fresh" && at === null;
  return {
    lamp: isAssumed ? "grey" : LAMPS[state],
    text: t(`app_link.states.${isAssumed ? "unconfirmed" : state}`),
  };
}
