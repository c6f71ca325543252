import { leaseFrom } from "../database/lease.ts";
import { GroupCommit } from "../lib/group-commit.ts";
import type { Keyring } from "../lib/keyring.ts";
import {
  claimDeliveries,
  findDelivery,
  findNextDue,
  planNewDeliveries,
  type Delivery,
} from "./delivery-store.ts";
import { signingSecrets } from "./endpoint.ts";
import { openEndpoints, type OpenedEndpoint } from "./endpoint-store.ts";
import type { Attempt, WebhookWire } from "./open-webhook-wire.ts";
import { recordAttempts, recordTest, type Attempted, type RecordAttemptsDeps } from "./record-attempts.ts";
import { signedHeaders } from "./webhook-signature.ts";

/** An event as it is delivered, and whose it is. */
interface RenderedEvent {
  body: object;
  clientId: string;
}

/** The lines of the journal, by `seq`, as they are delivered. */
export type RenderEvents = (seqs: readonly string[]) => Promise<ReadonlyMap<string, RenderedEvent>>;

export interface DelivererDeps extends RecordAttemptsDeps {
  keyring: Keyring;
  wire: WebhookWire;
  renderEvents: RenderEvents;
  /** Called when an attempt has ended, so that the next turn comes at once. */
  wake(): void;
}

/** Delivers events to endpoints. One for each instance. */
export interface Deliverer {
  /** Plans what is new and begins what is due. Returns when the next is due, in ms since the epoch. */
  turn(): Promise<number | void>;
  /** One attempt now, of a test: it is logged, and not repeated. Undefined: the delivery is unknown. */
  attemptOnce(deliveryId: string): Promise<Attempt | undefined>;
  /** What is sent of a delivery; undefined: it is no longer known. */
  bodyOf(delivery: Delivery): Promise<unknown>;
  /** The next turn comes at once. */
  wake(): void;
  /** Waits until what is under way has ended. */
  drain(): Promise<void>;
}

const PLANNED_AT_ONCE = 1000;
/**
 * All together, and for one endpoint: those that hang or are slow leave the others their places. Once half of
 * the places are taken, each endpoint has one.
 */
const MOST_UNDER_WAY = 512;
const MOST_PER_ENDPOINT = 4;
const CLAIMED_AT_ONCE = 256;
/** A claim asks about every endpoint, so it waits until it can bring this many. */
const LEAST_CLAIMED = 64;
/** Longer than an attempt takes. An instance that dies leaves its deliveries to the others after that. */
const LEASE_MS = 60_000;

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { db, clock } = deps;
  const busy = new Map<string, number>();
  let underWayCount = 0;
  const ended: (() => void)[] = [];
  const records = new GroupCommit<Attempted>({
    flush: (attempted) => recordAttempts(deps, attempted),
    sizeOf: () => 1,
    ...{ maxFlushCount: MOST_UNDER_WAY, maxFlushBytes: MOST_UNDER_WAY },
    ...{ maxWaitingCount: 2 * MOST_UNDER_WAY, maxWaitingBytes: 2 * MOST_UNDER_WAY },
  });
  const count = (endpointId: string, by: 1 | -1): void => {
    underWayCount += by;
    const now = (busy.get(endpointId) ?? 0) + by;
    if (now === 0) busy.delete(endpointId);
    else busy.set(endpointId, now);
  };
  const leave = ({ endpointId }: Delivery): void => {
    count(endpointId, -1);
    for (const settle of ended.splice(0)) settle();
  };
  const begin = async (prepared: Prepared): Promise<void> => {
    const { delivery } = prepared;
    try {
      const attempt = await sendPrepared(deps, prepared);
      await records.add({ delivery, attempt });
    } catch (error) {
      deps.log.error(
        { delivery: delivery.id, err: error },
        "an attempt could not be recorded; it comes again",
      );
    } finally {
      leave(delivery);
      deps.wake();
    }
  };
  return {
    async turn() {
      while ((await planNewDeliveries(db, clock.now(), PLANNED_AT_ONCE)) === PLANNED_AT_ONCE);
      for (;;) {
        const limit = Math.min(CLAIMED_AT_ONCE, MOST_UNDER_WAY - underWayCount);
        // The end of an attempt wakes the next turn.
        if (limit < LEAST_CLAIMED) return;
        const lease = leaseFrom(clock.now(), LEASE_MS);
        const perEndpoint = 2 * underWayCount < MOST_UNDER_WAY ? MOST_PER_ENDPOINT : 1;
        const places = { limit, perEndpoint, busy };
        const claimed = await claimDeliveries(db, lease, places);
        // What is due already waits for a place: the end of an attempt wakes the next turn.
        if (claimed.length === 0) return (await findNextDue(db, lease.now.getTime())) ?? undefined;
        for (const { endpointId } of claimed) count(endpointId, 1);
        for (const prepared of await prepareEach(deps, claimed, leave)) void begin(prepared);
      }
    },
    async attemptOnce(deliveryId) {
      const delivery = await findDelivery(db, deliveryId);
      if (delivery === undefined) return undefined;
      const [prepared] = await prepare(deps, [delivery]);
      if (prepared === undefined) return undefined;
      const attempt = await sendPrepared(deps, prepared);
      await recordTest(deps, { delivery, attempt });
      return attempt;
    },
    bodyOf: async (delivery) => (await prepare(deps, [delivery]))[0]?.body,
    wake: deps.wake,
    async drain() {
      while (underWayCount > 0) await new Promise<void>((resolve) => void ended.push(resolve));
      await records.drain();
    },
  };
}

interface Prepared {
  delivery: Delivery;
  opened: OpenedEndpoint | undefined;
  body: unknown;
}

/**
 * A delivery that cannot be prepared, such as one whose endpoint no key opens, holds up no other: `leave` is
 * called with it, and it comes again after its lease.
 */
async function prepareEach(
  deps: Pick<DelivererDeps, "db" | "keyring" | "renderEvents" | "log">,
  claimed: readonly Delivery[],
  leave: (delivery: Delivery) => void,
): Promise<Prepared[]> {
  try {
    return await prepare(deps, claimed);
  } catch (error) {
    const [delivery, ...others] = claimed;
    if (others.length > 0)
      return (await Promise.all(claimed.map((one) => prepareEach(deps, [one], leave)))).flat();
    if (delivery !== undefined) {
      const about = { delivery: delivery.id, endpoint: delivery.endpointId, err: error };
      deps.log.error(about, "a delivery could not be prepared; it comes again");
      leave(delivery);
    }
    return [];
  }
}

async function prepare(
  { db, keyring, renderEvents }: Pick<DelivererDeps, "db" | "keyring" | "renderEvents">,
  deliveries: readonly Delivery[],
): Promise<Prepared[]> {
  const opened = await openEndpoints(db, keyring, [
    ...new Set(deliveries.map(({ endpointId }) => endpointId)),
  ]);
  const seqs = new Set(deliveries.flatMap(({ journalSeq }) => journalSeq ?? []));
  const events = await renderEvents([...seqs]);
  return deliveries.map((delivery) => {
    const of = opened.get(delivery.endpointId);
    if (delivery.journalSeq === null) return { delivery, opened: of, body: delivery.payload };
    const event = events.get(delivery.journalSeq);
    return { delivery, opened: of, body: isStillWanted(of, event) ? event?.body : undefined };
  });
}

/** A WABA may have moved to another client since the delivery was planned. */
function isStillWanted(opened: OpenedEndpoint | undefined, event: RenderedEvent | undefined): boolean {
  const clientIds = opened?.endpoint.clientIds ?? null;
  return event !== undefined && (clientIds === null || clientIds.includes(event.clientId));
}

async function sendPrepared(
  { clock, wire }: Pick<DelivererDeps, "clock" | "wire">,
  { delivery, opened, body: event }: Prepared,
): Promise<Attempt> {
  if (opened === undefined || event === undefined) return notSent(clock.now());
  const { endpoint, secrets } = opened;
  if (secrets === null) return notSigned(clock.now());
  const body = JSON.stringify(event);
  const at = clock.now();
  const signed = signedHeaders({ id: delivery.id, at, body }, signingSecrets(secrets, at));
  const headers = { ...secrets.headers, ...CONTENT, ...signed };
  return wire.send({ url: endpoint.url, headers, body });
}

const CONTENT = { "content-type": "application/json", "user-agent": "Sharekeeper-Webhooks/1" };

/** Tried again each minute: the data key may come back with the right ENCRYPTION_KEY. */
const notSigned = (at: number): Attempt => ({
  ...{ at, tookMs: 0, outcome: "our_fault", control: "none", wishMs: 0, status: null },
  ...{ detail: "no key opens the secrets of this endpoint", answerHeaders: null, answerBody: null },
});

/** The endpoint was deleted meanwhile, or the event's WABA is no longer known, or another client's. */
const notSent = (at: number): Attempt => ({
  ...{ at, tookMs: 0, outcome: "our_fault", control: "stop", wishMs: 0, status: null },
  ...{
    detail: "its WABA is no longer known, or no longer of a client that this endpoint takes",
    answerHeaders: null,
    answerBody: null,
  },
});
