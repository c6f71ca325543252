import { appendAudit } from "../../access/audit-store.ts";
import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { newId } from "../../lib/new-id.ts";
import type { Random } from "../../lib/random.ts";
import {
  findNewestProof,
  findOpenIncidents,
  findWitnesses,
  forgetOldWindows,
  insertIncident,
  readProbedAt,
  readOtherWindows,
  saveIncidentEnd,
  saveMostTroubled,
  saveWindow,
  type OtherWindows,
} from "./incident-store.ts";
import {
  aboutOf,
  addWindows,
  endsIncident,
  firstBadAt,
  isConfirmedAbsent,
  isHeldBack,
  isLostByProbe,
  opensIncident,
  signOf,
  TROUBLE,
  windowMsOf,
  windowOf,
  type Incident,
  type ProbeSign,
  type TroubleWindow,
} from "../rules/incident.ts";
import { ProbeSample } from "./probe-sample.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import { SECOND } from "../model/timings.ts";
import { hastenShares, type ShareRow } from "../record/share-store.ts";

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
}

export interface TroubleListener {
  /** There is something to judge: a run should follow soon. */
  troubled(): void;
  /** Other WABAs are due for a probe now. They show whether a failure is a single one. */
  witnessesCalled(): void;
  opened(incident: Incident): void;
  ended(incident: Incident): void;
}

/** In normal operation, each instance writes what it has seen this often. */
const TELL_EVERY = 5 * SECOND;
/** The clocks of instances differ by less than this. */
const CLOCKS_DIFFER = 30 * SECOND;
/** An instance that wrote nothing for so long is gone, and others probe its WABAs by now. */
const GONE_AFTER = TELL_EVERY + CLOCKS_DIFFER;
/**
 * For up to so many WABAs the newest probe is looked up. Of more, a few that were counted twice change
 * nothing.
 */
const COUNTED_EXACTLY = 2_000;
/** After an incident its WABAs are probed again within this time, not all at once. */
const PROBE_AGAIN_WITHIN = 10 * SECOND;

interface Seen {
  sign: ProbeSign;
  reason: string | null;
  at: number;
  /** When it was last probed with the same outcome. */
  probedAt: number;
}

const NOTHING: TroubleWindow = { probed: 0, good: 0, troubled: 0, ours: 0 };
const ONE_GOOD: TroubleWindow = { ...NOTHING, probed: 1, good: 1 };

export function watchTrouble(deps: TroubleDeps, reported: TroubleListener): TroubleWatch {
  return new Watch(deps, reported);
}

class Watch implements TroubleWatch {
  readonly #deps: TroubleDeps;
  readonly #reported: TroubleListener;
  readonly #instanceId: string;
  /** By connection: what this instance last saw of each WABA in the window. */
  readonly #seen = new Map<string, Map<string, Seen>>();
  #others = new Map<string, OtherWindows>();
  /**
   * Connections where only the windows of other instances together open an incident, and after which instant
   * they must be written.
   */
  readonly #opensOnceToldAfter = new Map<string, number>();
  #incidents = new Map<string, Incident>();
  readonly #samples = new Map<string, ProbeSample>();
  readonly #announcedAt = new Map<string, { at: number; troubled: number }>();
  readonly #witnessesAt = new Map<string, number>();
  /** Connections where a first WABA turned bad: other WABAs are probed to see whether it is alone. */
  readonly #wantsWitnesses = new Set<string>();
  /** Connections where no other WABA is left to probe. */
  readonly #alone = new Set<string>();
  /** When a WABA of a connection in trouble was proven last, by any instance. */
  readonly #provenAt = new Map<string, number | null>();

  constructor(deps: TroubleDeps, reported: TroubleListener) {
    this.#deps = deps;
    this.#reported = reported;
    this.#instanceId = newId("ins", deps.random);
  }

  weigh(probe: ProbeResult, share: ShareRow): ProbeResult {
    const { connectionId, record } = share;
    const incident = this.#incidents.get(connectionId) ?? null;
    const sign = signOf(probe, record, incident);
    this.#remember(probe, share, sign);
    if (sign === "good" || sign === "known") return probe;
    if (sign === "refused") this.#wantsWitnesses.add(connectionId);
    this.#reported.troubled();
    // Between two runs this instance detects by itself that a WABA is one of many.
    const isOneOfMany = incident !== null || this.#isOpeningAlone(connectionId);
    const isDoubted = isOneOfMany && !isConfirmedAbsent(record, incident);
    if (isDoubted) return { ...probe, distrusted: true };
    return sign === "refused" && this.#mustWait(share, probe.askedAt) ? { ...probe, held: true } : probe;
  }

  /** Whether other WABAs must be probed before an unannounced bad probe of this share may count. */
  #mustWait({ connectionId, assetId, record }: ShareRow, askedAt: number): boolean {
    const since = firstBadAt(record);
    if (since === null || this.#alone.has(connectionId)) return false;
    const others = [...this.#seenOf(connectionId)].filter(([id, { at }]) => id !== assetId && at >= since);
    const seen = windowOf(others.map(([, { sign }]) => sign));
    const isProvenElsewhere = (this.#provenAt.get(connectionId) ?? -Infinity) >= since;
    const known = seen.good === 0 && isProvenElsewhere ? addWindows(seen, ONE_GOOD) : seen;
    return isHeldBack(known, askedAt - since);
  }

  #remember(probe: ProbeResult, { connectionId, assetId, record }: ShareRow, sign: ProbeSign): void {
    const seen = this.#seenOf(connectionId);
    const sample = this.#sampleOf(connectionId);
    const isAbsent = isConfirmedAbsent(record, this.#incidents.get(connectionId) ?? null);
    if (isAbsent) sample.drop(assetId);
    sample.take(assetId, { sign, isTransition: probe.trigger === "sweep", at: probe.askedAt });
    // A WABA that was closed by probes alone stays in view. Where many fail one after the other, each would
    // else seem alone.
    const isStillTroubled =
      sign === "known" && seen.get(assetId)?.sign === "refused" && isLostByProbe(record) && !isAbsent;
    const probedAt = probe.askedAt;
    const before = seen.get(assetId);
    if (isStillTroubled && before !== undefined) seen.set(assetId, { ...before, probedAt });
    else seen.set(assetId, { sign, reason: reasonOf(probe, sign), at: probedAt, probedAt });
  }

  #isOpening(connectionId: string): boolean {
    return opensIncident(this.#windowOf(connectionId), this.#sampleOf(connectionId).refusedCount());
  }

  /** By what this instance has seen itself. */
  #isOpeningAlone(connectionId: string): boolean {
    return opensIncident(windowOf(this.#signsOf(connectionId)), this.#sampleOf(connectionId).refusedCount());
  }

  async turn(): Promise<void> {
    const { db, clock } = this.#deps;
    const now = clock.now();
    this.#forgetOld(now);
    for (const [connectionId, seen] of this.#seen)
      if (windowOf(this.#signsOf(connectionId)).troubled > 0) await this.#forgetOvertaken(seen);
    await this.#tellOthers(now);
    const before = this.#incidents;
    const open = await findOpenIncidents(db);
    this.#incidents = new Map(open.map((incident) => [incident.connectionId, incident]));
    for (const [connectionId] of before)
      if (!this.#incidents.has(connectionId)) await this.#probeAgain(connectionId);
    const isTroubled = [...this.#seen.keys()].some((id) => windowOf(this.#signsOf(id)).troubled > 0);
    if (open.length === 0 && !isTroubled) return;
    this.#others = await readOtherWindows(db, this.#instanceId, {
      since: now - GONE_AFTER,
      until: now + CLOCKS_DIFFER,
    });
    for (const connectionId of new Set([...this.#seen.keys(), ...this.#others.keys()]))
      await this.#judge(connectionId, now);
    for (const connectionId of this.#wantsWitnesses) {
      await this.#callWitnesses(connectionId, now);
      this.#provenAt.set(connectionId, await findNewestProof(db, connectionId));
    }
    this.#wantsWitnesses.clear();
  }

  async #judge(connectionId: string, now: number): Promise<void> {
    const window = this.#windowOf(connectionId);
    const incident = this.#incidents.get(connectionId);
    const isOpening = this.#isOpening(connectionId);
    if (!isOpening) this.#opensOnceToldAfter.delete(connectionId);
    if (incident === undefined) {
      if (isOpening && this.#isExact(connectionId)) await this.#open(connectionId, window, now);
    } else if (endsIncident(window, incident.confirmed > 0, this.#sampleOf(connectionId).refusedCount())) {
      await this.#end(incident, now);
    } else await saveMostTroubled(this.#deps.db, incident.id, window.troubled);
  }

  /**
   * Whether no WABA is counted both here and by another instance. A row of another instance may be older than
   * its last check for overlaps. Where the incident depends on that, all instances write again first, which
   * they do in each run while they see trouble.
   */
  #isExact(connectionId: string): boolean {
    const others = this.#others.get(connectionId);
    if (others === undefined || this.#isOpeningAlone(connectionId)) return true;
    const after = this.#opensOnceToldAfter.get(connectionId);
    if (after === undefined) this.#opensOnceToldAfter.set(connectionId, others.lastNotifiedAt);
    const isExact = after !== undefined && others.firstNotifiedAt > after;
    if (isExact) this.#opensOnceToldAfter.delete(connectionId);
    return isExact;
  }

  async #open(connectionId: string, window: TroubleWindow, now: number): Promise<void> {
    const incident: Incident = {
      id: newId("inc", this.#deps.random),
      connectionId,
      about: aboutOf(window),
      reason: this.#commonReasonOf(connectionId),
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
      if (isNew) await appendAudit(tx, auditOf(incident, "provider.incident.opened", now));
      return isNew;
    });
    if (!isMine) return;
    this.#incidents.set(connectionId, incident);
    this.#reported.opened(incident);
  }

  async #end(incident: Incident, now: number): Promise<void> {
    const ended = await this.#deps.db.transaction(async (tx) => {
      const reported = await saveIncidentEnd(tx, { id: incident.id, at: now });
      if (reported !== null) await appendAudit(tx, auditOf(reported, "provider.incident.resolved", now));
      return reported;
    });
    this.#incidents.delete(incident.connectionId);
    await this.#probeAgain(incident.connectionId);
    if (ended !== null) this.#reported.ended(ended);
  }

  /** What was doubted during the incident is probed again. A WABA that is intact by now needs no probe. */
  async #probeAgain(connectionId: string): Promise<void> {
    const { db, clock, random } = this.#deps;
    const seen = this.#seenOf(connectionId);
    const doubted = [...seen].filter(([, { sign }]) => sign !== "good" && sign !== "known");
    const now = clock.now();
    await hastenShares(
      db,
      doubted.map(([assetId]) => ({ assetId, at: now + random.next() * PROBE_AGAIN_WITHIN })),
    );
  }

  async #callWitnesses(connectionId: string, now: number): Promise<void> {
    const calledAt = this.#witnessesAt.get(connectionId) ?? -Infinity;
    if (this.#incidents.has(connectionId) || Math.abs(now - calledAt) < TROUBLE.witnessesEveryMs) return;
    this.#witnessesAt.set(connectionId, now);
    const inTrouble = [...this.#seenOf(connectionId)].filter(([, { sign }]) => sign === "refused");
    const assetIds = await findWitnesses(this.#deps.db, connectionId, {
      limit: TROUBLE.witnesses,
      except: inTrouble.map(([assetId]) => assetId),
    });
    if (assetIds.length === 0) this.#alone.add(connectionId);
    else this.#alone.delete(connectionId);
    await hastenShares(
      this.#deps.db,
      assetIds.map((assetId) => ({ assetId, at: now })),
    );
    this.#reported.witnessesCalled();
  }

  async #tellOthers(now: number): Promise<void> {
    const { db, sweepPeriodMs } = this.#deps;
    for (const connectionId of this.#seen.keys()) {
      const window = windowOf(this.#signsOf(connectionId));
      const reported = this.#announcedAt.get(connectionId);
      const isQuiet = reported?.troubled === 0 && window.troubled === 0;
      if (reported !== undefined && isQuiet && Math.abs(now - reported.at) < TELL_EVERY) continue;
      await saveWindow(db, { connectionId, instanceId: this.#instanceId, at: now }, window);
      this.#announcedAt.set(connectionId, { at: now, troubled: window.troubled });
      await forgetOldWindows(db, now - 2 * windowMsOf(sweepPeriodMs));
    }
  }

  #windowOf(connectionId: string): TroubleWindow {
    return addWindows(windowOf(this.#signsOf(connectionId)), this.#others.get(connectionId) ?? NOTHING);
  }

  #signsOf(connectionId: string): ProbeSign[] {
    return [...this.#seenOf(connectionId).values()].map(({ sign }) => sign);
  }

  /** The most frequent reason of the troubled WABAs. */
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

  /**
   * A WABA that another instance has probed since is counted there: the newest probe counts, whichever
   * instance made it. For a WABA that probes alone have closed, the closing probe counts.
   */
  async #forgetOvertaken(seen: Map<string, Seen>): Promise<void> {
    if (seen.size > COUNTED_EXACTLY) return;
    for (const { assetId, probedAt, lostAt } of await readProbedAt(this.#deps.db, [...seen.keys()])) {
      const mine = seen.get(assetId);
      if (mine !== undefined && probedAt > mine.probedAt && !lostAt.includes(mine.at)) seen.delete(assetId);
    }
  }

  #sampleOf(connectionId: string): ProbeSample {
    const sample = this.#samples.get(connectionId) ?? new ProbeSample();
    this.#samples.set(connectionId, sample);
    return sample;
  }

  /** After a clock was set back, probes with future times are removed too. */
  #forgetOld(now: number): void {
    const windowMs = windowMsOf(this.#deps.sweepPeriodMs);
    for (const seen of this.#seen.values())
      for (const [assetId, { at }] of seen) if (now - at > windowMs || at > now) seen.delete(assetId);
    for (const sample of this.#samples.values()) sample.forgetOutside({ since: now - windowMs, until: now });
  }
}

/** The reason for the trouble of a probe: what it was refused with, or why it was inconclusive. */
function reasonOf(probe: ProbeResult, sign: ProbeSign): string | null {
  if (sign === "good" || sign === "known") return null;
  if (sign === "refused") return "refused";
  const silent = Object.values(probe.answers).find((answer) => answer.verdict === "none");
  return silent?.verdict === "none" ? silent.reason : null;
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
  return { at, connectionId, actor: "system", action, target: id, detail };
}
