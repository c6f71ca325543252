import {
  DUE_SOON_AFTER,
  appActivityStateOf,
  isCounted,
  OVERDUE_AFTER,
  type AppActivity,
} from "../../../coexistence/app-activity.ts";
import type { NumberState, ShareState } from "../../../sharing/status/share-state.ts";
import type { AppActivityJson } from "./waba-schema.ts";

interface Counted {
  state: ShareState;
  appActivities: readonly AppActivity[];
}

/** The app activity of a number, for a number that stays linked only while its app is opened. */
export function appActivityOf({ state, appActivities }: Counted, numberId: string): AppActivity | null {
  if (state.adoption !== "adopted" || !isCounted(state)) return null;
  return appActivities.find((appActivity) => appActivity.numberId === numberId) ?? null;
}

export function renderAppActivity(
  view: Counted,
  { numberId }: NumberState,
  now: number,
): AppActivityJson | null {
  const appActivity = appActivityOf(view, numberId);
  if (appActivity === null) return null;
  const { countedFrom, confirmedAt, confirmedBy } = appActivity;
  return {
    state: appActivityStateOf(countedFrom, now),
    confirmed_at: confirmedAt === null ? null : isoOf(confirmedAt),
    confirmed_by: confirmedBy,
    due_at: isoOf(countedFrom + DUE_SOON_AFTER),
    overdue_at: isoOf(countedFrom + OVERDUE_AFTER),
  };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
