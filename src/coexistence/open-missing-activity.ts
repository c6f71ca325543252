import { insertMissingHeartbeats } from "./app-activity-store.ts";
import type { HeartbeatDeps } from "./record-app-activity.ts";

/** Numbers of the app that an older version knew: nobody said when their app was opened, so they count from now. */
export async function openMissingHeartbeats({ db, clock }: HeartbeatDeps): Promise<void> {
  await insertMissingHeartbeats(db, clock.now());
}
