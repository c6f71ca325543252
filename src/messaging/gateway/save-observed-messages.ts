import type { Database } from "../../database/database.ts";
import { saveObservedCounts } from "./observed-message-store.ts";
import type { ObservedMessages } from "./observed-messages.ts";

/** Keeps what was counted since the last time. What the database does not take is counted on. */
export async function saveObservedMessages(deps: {
  db: Database;
  observed: ObservedMessages;
}): Promise<void> {
  const counts = deps.observed.take();
  try {
    await saveObservedCounts(deps.db, counts);
  } catch (error) {
    deps.observed.giveBack(counts);
    throw error;
  }
}
