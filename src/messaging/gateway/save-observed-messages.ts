import type { Database } from "../../database/database.ts";
import { saveObservedCounts } from "./observed-message-store.ts";
import type { ObservedMessages } from "./observed-messages.ts";

/**
 * Stores the counts since the last call. Counts that the database does not accept are kept for the next call.
 */
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
