import { insertMissingAppActivity } from "./app-activity-store.ts";
import type { AppActivityDeps } from "./record-app-activity.ts";

/** Numbers of the app from an older version have no reported activity, so they count from now. */
export async function openMissingAppActivity({ db, clock }: AppActivityDeps): Promise<void> {
  await insertMissingAppActivity(db, clock.now());
}
