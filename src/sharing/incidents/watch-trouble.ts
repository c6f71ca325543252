import { appendAudit } from "../../access/audit-store.ts";
import type { Database, Tx } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { newId } from "../../lib/new-id.ts";
import type { Random } from "../../lib/random.ts";
import { hastenShares, type ShareRow } from "../record/share-store.ts";
import { aboutOf, TROUBLE, windowMsOf, type Incident } from "../rules/incident.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { SECOND } from "../model/timings.ts";
import {
  findNewestProof,
  findOpenIncidents,
  findWitnesses,
  forgetOldWindows,
  insertIncident,
  readOtherWindows,
  readProbedAt,
  saveIncidentEnd,
  saveMostTroubled,
  saveWindow,
} from "./incident-store.ts";
import { ProbedWabas } from "./probed-wabas.ts";

/** Watches the fleet: what the probes of all instances have in common. */
export interface TroubleWatch {
  /**
   * Takes a probe into account, and marks it where other WABAs fail with it. Where many fail its bad answers
   * do not count by themselves. Where no other WABA was seen intact a second bad one does not count yet.
   */
  weigh(probe: ProbeResult, share: ShareRow): ProbeResult;
  /** One run of the background work: opens and ends incidents by what all instances have seen. */
  turn(): Promise<void>;
}

export interface TroubleDeps {
  db: Database;
  clock: Clock;
  random: Random;
  sweepPeriodMs: number;
  /** Called in the transaction that opens or ends one, for what must exist from the same commit on. */
  onIncident?(tx: Tx, type: IncidentEvent, incident: Incident): Promise<void>;
}

type IncidentEvent = "provider.incident.opened" | "provider.incident.resolved";

export interface TroubleListener {
  /** There is something to judge: a run should follow soon. */
  troubled(): void;
  /** Other WABAs are due for a probe now. They show whether a failure is a single one. */
  witnessesCalled(): void;
  opened(incident: Incident): void;
  ended(incident: Incident): void;
}

/** In normal operation, each instance writes what it has seen this often. */
const WRITE_EVERY = 5 * SECOND;
/** The clocks of instances differ by less than this. */
const CLOCKS_DIFFER = 30 * SECOND;
/** An instance that wrote nothing for so long is gone, and others probe its WABAs by now. */
const GONE_AFTER = WRITE_EVERY + CLOCKS_DIFFER;
/**
 * For up to so many WABAs the newest probe is looked up. Of more, a few that were counted twice change
 * nothing.
 */
const COUNTED_EXACTLY = 2_000;
/** After an incident its WABAs are probed again within this time, not all at once. */
const PROBE_AGAIN_WITHIN = 10 * SECOND;

export function watchTrouble(deps: TroubleDeps, reported: TroubleListener): TroubleWatch {
  return new Watch(deps, reported);
}

/** Reads and writes for `ProbedWabas`, which judges. */
class Watch implements TroubleWatch {
  readonly #deps: TroubleDeps;
  readonly #reported: TroubleListener;
  readonly #instanceId: string;
  /** By connection. */
  readonly #fleets = new Map<string, ProbedWabas>();
  #incidents = new Map<string, Incident>();
  /** By connection: what this instance wrote last, and when it last called for witnesses. */
  readonly #writtenAt = new Map<string, { at: number; troubled: number }>();
  readonly #witnessesAt = new Map<string, number>();

  constructor(deps: TroubleDeps, reported: TroubleListener) {
    this.#deps = deps;
    this.#reported = reported;
    this.#instanceId = newId("ins", deps.random);
  }

  weigh(probe: ProbeResult, share: ShareRow): ProbeResult {
    const { weighed, isTroubled } = this.#fleetOf(share.connectionId).weigh(probe, share);
    if (isTroubled) this.#reported.troubled();
    return weighed;
  }

  async turn(): Promise<void> {
    const { db, clock, sweepPeriodMs } = this.#deps;
    const now = clock.now();
    for (const fleet of this.#fleets.values()) {
      fleet.forgetOutside({ since: now - windowMsOf(sweepPeriodMs), until: now });
      if (fleet.own().troubled > 0) await this.#forgetOvertaken(fleet);
    }
    await this.#writeWindows(now);
    const open = await this.#readIncidents();
    const isTroubled = [...this.#fleets.values()].some((fleet) => fleet.own().troubled > 0);
    if (open === 0 && !isTroubled) return;
    const instants = { since: now - GONE_AFTER, until: now + CLOCKS_DIFFER };
    const others = await readOtherWindows(db, this.#instanceId, instants);
    for (const connectionId of others.keys()) this.#fleetOf(connectionId);
    for (const [connectionId, fleet] of this.#fleets) {
      fleet.others = others.get(connectionId) ?? null;
      await this.#judge(connectionId, fleet, now);
    }
    for (const [connectionId, fleet] of this.#fleets) {
      if (!fleet.wantsWitnesses) continue;
      await this.#callWitnesses(connectionId, fleet, now);
      fleet.provenAt = await findNewestProof(db, connectionId);
      fleet.wantsWitnesses = false;
    }
  }

  /** @returns how many incidents are open */
  async #readIncidents(): Promise<number> {
    const open = await findOpenIncidents(this.#deps.db);
    this.#incidents = new Map(open.map((incident) => [incident.connectionId, incident]));
    for (const [connectionId, fleet] of this.#fleets) {
      const wasOpen = fleet.incident !== null;
      fleet.incident = this.#incidents.get(connectionId) ?? null;
      if (wasOpen && fleet.incident === null) await this.#probeAgain(fleet);
    }
    return open.length;
  }

  async #judge(connectionId: string, fleet: ProbedWabas, now: number): Promise<void> {
    const { incident } = fleet;
    const verdict = fleet.judge();
    if (verdict === "open") await this.#open(connectionId, fleet, now);
    if (incident === null) return;
    if (verdict === "end") await this.#end(incident, fleet, now);
    else await saveMostTroubled(this.#deps.db, incident.id, fleet.all().troubled);
  }

  async #open(connectionId: string, fleet: ProbedWabas, now: number): Promise<void> {
    const window = fleet.all();
    const incident: Incident = {
      id: newId("inc", this.#deps.random),
      connectionId,
      about: aboutOf(window),
      reason: fleet.commonReason(),
      openedAt: now,
      probed: window.probed,
      troubled: window.troubled,
      mostTroubled: window.troubled,
      confirmed: 0,
      endedAt: null,
      endedWhy: null,
    };
    const isMine = await this.#deps.db.transaction(async (tx) => {
      const isNew = await insertIncident(tx, incident);
      if (isNew) await this.#recordEvent(tx, "provider.incident.opened", incident, now);
      return isNew;
    });
    if (!isMine) return;
    fleet.incident = incident;
    this.#reported.opened(incident);
  }

  async #end(incident: Incident, fleet: ProbedWabas, now: number): Promise<void> {
    const ended = await this.#deps.db.transaction(async (tx) => {
      const reported = await saveIncidentEnd(tx, { id: incident.id, at: now });
      if (reported !== null) await this.#recordEvent(tx, "provider.incident.resolved", reported, now);
      return reported;
    });
    fleet.incident = null;
    await this.#probeAgain(fleet);
    if (ended !== null) this.#reported.ended(ended);
  }

  async #recordEvent(tx: Tx, type: IncidentEvent, incident: Incident, now: number): Promise<void> {
    await appendAudit(tx, auditOf(incident, type, now));
    await this.#deps.onIncident?.(tx, type, incident);
  }

  /** What was doubted during the incident is probed again. A WABA that is intact by now needs no probe. */
  async #probeAgain(fleet: ProbedWabas): Promise<void> {
    const { db, clock, random } = this.#deps;
    const now = clock.now();
    const within = (assetId: string) => ({ assetId, at: now + random.next() * PROBE_AGAIN_WITHIN });
    await hastenShares(db, fleet.troubledIds().map(within));
  }

  async #callWitnesses(connectionId: string, fleet: ProbedWabas, now: number): Promise<void> {
    const { db } = this.#deps;
    const calledAt = this.#witnessesAt.get(connectionId) ?? -Infinity;
    if (fleet.incident !== null || Math.abs(now - calledAt) < TROUBLE.witnessesEveryMs) return;
    this.#witnessesAt.set(connectionId, now);
    const asked = { limit: TROUBLE.witnesses, except: fleet.refusedIds() };
    const assetIds = await findWitnesses(db, connectionId, asked);
    fleet.isAlone = assetIds.length === 0;
    await hastenShares(
      db,
      assetIds.map((assetId) => ({ assetId, at: now })),
    );
    this.#reported.witnessesCalled();
  }

  /** Other instances count what this one has seen. */
  async #writeWindows(now: number): Promise<void> {
    const { db, sweepPeriodMs } = this.#deps;
    for (const [connectionId, fleet] of this.#fleets) {
      const window = fleet.own();
      const written = this.#writtenAt.get(connectionId);
      const isQuiet = written?.troubled === 0 && window.troubled === 0;
      if (written !== undefined && isQuiet && Math.abs(now - written.at) < WRITE_EVERY) continue;
      await saveWindow(db, { connectionId, instanceId: this.#instanceId, at: now }, window);
      this.#writtenAt.set(connectionId, { at: now, troubled: window.troubled });
      await forgetOldWindows(db, now - 2 * windowMsOf(sweepPeriodMs));
    }
  }

  async #forgetOvertaken(fleet: ProbedWabas): Promise<void> {
    const ids = fleet.seenIds();
    if (ids.length <= COUNTED_EXACTLY) fleet.forgetOvertaken(await readProbedAt(this.#deps.db, ids));
  }

  #fleetOf(connectionId: string): ProbedWabas {
    const known = this.#fleets.get(connectionId);
    if (known !== undefined) return known;
    const fleet = new ProbedWabas(this.#incidents.get(connectionId) ?? null);
    this.#fleets.set(connectionId, fleet);
    return fleet;
  }
}

function auditOf(incident: Incident, action: string, at: number): Parameters<typeof appendAudit>[1] {
  const { id, connectionId, about, reason, probed, troubled, mostTroubled, confirmed, endedWhy } = incident;
  const detail = {
    about,
    reason,
    probed,
    troubled,
    most_troubled: mostTroubled,
    confirmed,
    ended_why: endedWhy,
  };
  return { at, connectionId, actor: "system", action, target: { type: "incident", id }, detail };
}
