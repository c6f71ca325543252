import type { Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { insertDeliveries } from "./delivery-store.ts";
import { readEndpoints } from "./endpoint-store.ts";
import type { Notice } from "./notice.ts";

/**
 * Plans the deliveries of notices, in the transaction of what they tell: to the endpoints that take the type
 * and are not of certain clients or tags. Deliveries go out with the next turn.
 */
export async function planNotices(
  tx: Tx,
  { clock, random }: { clock: Clock; random: Random },
  notices: readonly Notice[],
): Promise<void> {
  if (notices.length === 0) return;
  const now = clock.now();
  const timestamp = new Date(now).toISOString();
  const forAll = (await readEndpoints(tx)).filter(
    ({ state, clientIds, tags }) => state !== "disabled" && clientIds === null && tags === null,
  );
  await insertDeliveries(
    tx,
    notices.flatMap(({ type, data, exceptId }) =>
      forAll
        .filter(({ id, eventTypes }) => id !== exceptId && (eventTypes === null || eventTypes.includes(type)))
        .map((endpoint) => {
          const id = newId("msg", random);
          const payload = { type, timestamp, data: { id, ...data } };
          return { id, endpointId: endpoint.id, payload, type, createdAt: now, nextAttemptAt: now };
        }),
    ),
  );
}
