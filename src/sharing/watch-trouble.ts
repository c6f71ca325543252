import { appendAudit } from "../access/audit-store.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import {
  findOpenIncidents,
  findWitnesses,
  forgetOldWindows,
  insertIncident,
  readOtherWindows,
  saveIncidentEnd,
  saveMostTroubled,
  saveWindow,
} from "./incident-store.ts";
import {
  aboutOf,
  addWindows,
  endsIncident,
  isConfirmedAbsent,
  isLostByLook,
  opensIncident,
  signOf,
  TROUBLE,
  windowMsOf,
  windowOf,
  type Incident,
  type LookSign,
  type TroubleWindow,
} from "./incident.ts";
import { LookSample } from "./look-sample.ts";
import type { Look } from "./look.ts";
import { SECOND } from "./rules.ts";
import { hastenShares, type ShareRow } from "./share-store.ts";

/** Sees the fleet: what the looks of all instances have in common. */
export interface TroubleWatch {
  /** Takes a look into account, and marks it where many others fail with it: then its bad answers do not count by themselves. */
  weigh(look: Look, share: ShareRow): Look;
  /** One turn of the background work: opens and ends incidents over what all instances have seen. */
  turn(): Promise<void>;
}

export interface TroubleDeps {
  db: Database;
  clock: Clock;
  random: Random;
  sweepPeriodMs: number;
}

export interface TroubleTold {
  /** There is something to judge: a turn should come soon. */
  troubled(): void;
  opened(incident: Incident): void;
  ended(incident: Incident): void;
}

/** While all is well, other instances hear what was seen this often. */
const TELL_EVERY = 5 * SECOND;
/** The clocks of instances differ by less than this. */
const CLOCKS_DIFFER = 30 * SECOND;
/** After an incident its WABAs are looked at again within this time, not all at once. */
const LOOK_AGAIN_WITHIN = 10 * SECOND;

interface Seen {
  sign: LookSign;
  reason: string | null;
  at: number;
}

const NOTHING: TroubleWindow = { looked: 0, good: 0, troubled: 0, ours: 0 };

export function watchTrouble(deps: TroubleDeps, told: TroubleTold): TroubleWatch {
  return new Watch(deps, told);
}

class Watch implements TroubleWatch {
  readonly #deps: TroubleDeps;
  readonly #told: TroubleTold;
  readonly #instanceId: string;
  /** By connection: what this instance last saw of each WABA in the window. */
  readonly #seen = new Map<string, Map<string, Seen>>();
  #others = new Map<string, TroubleWindow>();
  #incidents = new Map<string, Incident>();
  readonly #samples = new Map<string, LookSample>();
  readonly #toldAt = new Map<string, { at: number; troubled: number }>();
  readonly #witnessesAt = new Map<string, number>();
  /** Connections where a first WABA turned bad: others are asked whether it is alone. */
  readonly #wantsWitnesses = new Set<string>();

  constructor(deps: TroubleDeps, told: TroubleTold) {
    this.#deps = deps;
    this.#told = told;
    this.#instanceId = newId("ins", deps.random);
  }

  weigh(look: Look, share: ShareRow): Look {
    const { connectionId, memory } = share;
    const incident = this.#incidents.get(connectionId) ?? null;
    const sign = signOf(look, memory, incident);
    this.#remember(look, share, sign);
    if (sign === "good" || sign === "known") return look;
    if (sign === "refused") this.#wantsWitnesses.add(connectionId);
    this.#told.troubled();
    // Between two turns this instance sees by itself that a WABA is one of many.
    const isOneOfMany = incident !== null || this.#isOpening(connectionId);
    const isDoubted = isOneOfMany && !isConfirmedAbsent(memory, incident);
    return isDoubted ? { ...look, distrusted: true } : look;
  }

  #remember(look: Look, { connectionId, assetId, memory }: ShareRow, sign: LookSign): void {
    const seen = this.#seenOf(connectionId);
    const sample = this.#sampleOf(connectionId);
    const isAbsent = isConfirmedAbsent(memory, this.#incidents.get(connectionId) ?? null);
    if (isAbsent) sample.drop(assetId);
    sample.take(assetId, { sign, isTurn: look.trigger === "sweep", at: look.askedAt });
    // One that was closed on looks alone stays in sight: where many fail one after the other, each would else be alone.
    const isStillTroubled =
      sign === "known" && seen.get(assetId)?.sign === "refused" && isLostByLook(memory) && !isAbsent;
    if (!isStillTroubled) seen.set(assetId, { sign, reason: reasonOf(look, sign), at: look.askedAt });
  }

  #isOpening(connectionId: string): boolean {
    return opensIncident(this.#windowOf(connectionId), this.#sampleOf(connectionId).refusedCount());
  }

  async turn(): Promise<void> {
    const { db, clock, sweepPeriodMs } = this.#deps;
    const now = clock.now();
    this.#forgetOld(now);
    await this.#tellOthers(now);
    const before = this.#incidents;
    const open = await findOpenIncidents(db);
    this.#incidents = new Map(open.map((incident) => [incident.connectionId, incident]));
    for (const [connectionId] of before)
      if (!this.#incidents.has(connectionId)) await this.#lookAgain(connectionId);
    const isTroubled = [...this.#seen.keys()].some((id) => windowOf(this.#signsOf(id)).troubled > 0);
    if (open.length === 0 && !isTroubled) return;
    this.#others = await readOtherWindows(db, this.#instanceId, {
      since: now - windowMsOf(sweepPeriodMs),
      until: now + CLOCKS_DIFFER,
    });
    for (const connectionId of new Set([...this.#seen.keys(), ...this.#others.keys()]))
      await this.#judge(connectionId, now);
    for (const connectionId of this.#wantsWitnesses) await this.#callWitnesses(connectionId, now);
    this.#wantsWitnesses.clear();
  }

  async #judge(connectionId: string, now: number): Promise<void> {
    const window = this.#windowOf(connectionId);
    const incident = this.#incidents.get(connectionId);
    if (incident === undefined) {
      if (this.#isOpening(connectionId)) await this.#open(connectionId, window, now);
    } else if (endsIncident(window, incident.confirmed > 0, this.#sampleOf(connectionId).refusedCount())) {
      await this.#end(incident, now);
    } else await saveMostTroubled(this.#deps.db, incident.id, window.troubled);
  }

  async #open(connectionId: string, window: TroubleWindow, now: number): Promise<void> {
    const incident: Incident = {
      id: newId("inc", this.#deps.random),
      connectionId,
      about: aboutOf(window),
      reason: this.#commonReasonOf(connectionId),
      openedAt: now,
      looked: window.looked,
      troubled: window.troubled,
      mostTroubled: window.troubled,
      confirmed: 0,
      endedAt: null,
      endedWhy: null,
    };
    const isMine = await this.#deps.db.transaction(async (tx) => {
      const isNew = await insertIncident(tx, incident);
      if (isNew) await appendAudit(tx, auditOf(incident, "provider.incident.opened", now));
      return isNew;
    });
    if (!isMine) return;
    this.#incidents.set(connectionId, incident);
    this.#told.opened(incident);
  }

  async #end(incident: Incident, now: number): Promise<void> {
    const ended = await this.#deps.db.transaction(async (tx) => {
      const told = await saveIncidentEnd(tx, { id: incident.id, at: now });
      if (told !== null) await appendAudit(tx, auditOf(told, "provider.incident.resolved", now));
      return told;
    });
    this.#incidents.delete(incident.connectionId);
    await this.#lookAgain(incident.connectionId);
    if (ended !== null) this.#told.ended(ended);
  }

  /** What was doubted while it lasted is looked at again; what is well by now needs no look. */
  async #lookAgain(connectionId: string): Promise<void> {
    const { db, clock, random } = this.#deps;
    const seen = this.#seenOf(connectionId);
    const doubted = [...seen].filter(([, { sign }]) => sign !== "good" && sign !== "known");
    const now = clock.now();
    await hastenShares(
      db,
      doubted.map(([assetId]) => ({ assetId, at: now + random.next() * LOOK_AGAIN_WITHIN })),
    );
  }

  async #callWitnesses(connectionId: string, now: number): Promise<void> {
    const calledAt = this.#witnessesAt.get(connectionId) ?? -Infinity;
    if (this.#incidents.has(connectionId) || Math.abs(now - calledAt) < TROUBLE.witnessesEveryMs) return;
    this.#witnessesAt.set(connectionId, now);
    const assetIds = await findWitnesses(this.#deps.db, connectionId, TROUBLE.witnesses);
    await hastenShares(
      this.#deps.db,
      assetIds.map((assetId) => ({ assetId, at: now })),
    );
  }

  async #tellOthers(now: number): Promise<void> {
    const { db, sweepPeriodMs } = this.#deps;
    for (const connectionId of this.#seen.keys()) {
      const window = windowOf(this.#signsOf(connectionId));
      const told = this.#toldAt.get(connectionId);
      const isSame = told?.troubled === window.troubled;
      if (told !== undefined && isSame && Math.abs(now - told.at) < TELL_EVERY) continue;
      await saveWindow(db, { connectionId, instanceId: this.#instanceId, at: now }, window);
      this.#toldAt.set(connectionId, { at: now, troubled: window.troubled });
      await forgetOldWindows(db, now - 2 * windowMsOf(sweepPeriodMs));
    }
  }

  #windowOf(connectionId: string): TroubleWindow {
    return addWindows(windowOf(this.#signsOf(connectionId)), this.#others.get(connectionId) ?? NOTHING);
  }

  #signsOf(connectionId: string): LookSign[] {
    return [...this.#seenOf(connectionId).values()].map(({ sign }) => sign);
  }

  /** Why most of the troubled WABAs are in trouble. */
  #commonReasonOf(connectionId: string): string {
    const counts = new Map<string, number>();
    for (const { reason } of this.#seenOf(connectionId).values())
      if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts].toSorted((one, other) => other[1] - one[1])[0]?.[0] ?? "meta_unreachable";
  }

  #seenOf(connectionId: string): Map<string, Seen> {
    const seen = this.#seen.get(connectionId) ?? new Map<string, Seen>();
    this.#seen.set(connectionId, seen);
    return seen;
  }

  #sampleOf(connectionId: string): LookSample {
    const sample = this.#samples.get(connectionId) ?? new LookSample();
    this.#samples.set(connectionId, sample);
    return sample;
  }

  /** A clock that was set back leaves looks of the future behind: they go, too. */
  #forgetOld(now: number): void {
    const windowMs = windowMsOf(this.#deps.sweepPeriodMs);
    for (const seen of this.#seen.values())
      for (const [assetId, { at }] of seen) if (now - at > windowMs || at > now) seen.delete(assetId);
    for (const sample of this.#samples.values()) sample.forgetOutside({ since: now - windowMs, until: now });
  }
}

/** The word for the trouble of a look: what it was refused with, or why it got no answer. */
function reasonOf(look: Look, sign: LookSign): string | null {
  if (sign === "good" || sign === "known") return null;
  if (sign === "refused") return "refused";
  const silent = Object.values(look.answers).find((answer) => answer.verdict === "none");
  return silent?.verdict === "none" ? silent.reason : null;
}

function auditOf(incident: Incident, action: string, at: number): Parameters<typeof appendAudit>[1] {
  const { id, connectionId, about, reason, looked, troubled, mostTroubled, confirmed, endedWhy } = incident;
  const detail = {
    about,
    reason,
    looked,
    troubled,
    most_troubled: mostTroubled,
    confirmed,
    ended_why: endedWhy,
  };
  return { at, connectionId, actor: "system", action, target: id, detail };
}
