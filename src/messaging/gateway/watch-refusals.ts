import type { Logger } from "pino";
import { isAboutNumber, isMetaError, refusesNumber } from "../../meta/error-code.ts";
import type { FailedStatus } from "../../meta/failed-status.ts";
import type { GateCache } from "../../sharing/gate/gate-cache.ts";
import type { Command } from "../../sharing/rules/observe-command.ts";
import { recordObservation, SYSTEM, type RecordDeps } from "../../sharing/record/record-observation.ts";
import type { SendingIssue } from "../../sharing/model/sending-issue.ts";
import type { Recorded } from "../../sharing/rules/step.ts";
import { RefusalStreaks } from "./refusal-streaks.ts";
import { SendingIssues } from "./sending-issues.ts";
import type { RefusedMessage } from "./gateway-deps.ts";
import { RefusalBackoff } from "./refusal-backoff.ts";

/** Meta's answers to messages as evidence, from whichever source. Nothing here changes a gate. */
export interface RefusalWatch {
  /** Meta refused a message, or our token: a probe follows, and three in a row are a setup issue. */
  refused(event: Pick<RefusedMessage, "numberId" | "status" | "code"> & Partial<RefusedMessage>): void;
  /** Meta accepted a message of the number, which ends its sending issue. Costs one read of the cache. */
  accepted(numberId: string): void;
  /** Meta's webhooks say that messages failed after they were accepted. */
  failed(statuses: readonly FailedStatus[]): void;
  record(numberId: string, command: Command): void;
}

export function watchRefusals(
  deps: RecordDeps & { log: Logger; gate: Pick<GateCache, "find" | "findByPhone"> },
): RefusalWatch {
  const refusalBackoff = new RefusalBackoff(deps.sweepPeriodMs);
  const records = new RefusalBackoff(RECORDED_EVERY_MS);
  const streaks = new RefusalStreaks();
  const issues = new SendingIssues();
  const record = async (numberId: string, command: Command): Promise<void> => {
    const assetId = deps.gate.find(numberId)?.assetId;
    if (assetId === undefined) return;
    try {
      const observe = { type: "command", command } as const;
      const recorded = await recordObservation(deps, { assetId, observe, note: null, by: SYSTEM });
      if (command.kind === "sending") issues.learn(numberId, sendingOf(recorded, numberId));
    } catch (error) {
      deps.log.error(
        { err: error, numberId, command: command.kind },
        "could not record the evidence of a message",
      );
    }
  };
  const suspect = (numberId: string, about: number): void => {
    if (refusalBackoff.isNews(`${numberId} ${about}`, deps.clock.now()))
      void record(numberId, { kind: "suspicion" });
  };
  return {
    refused({ numberId, status, code, subcode = null, metaMessage = null }) {
      suspect(numberId, code ?? status);
      if (code === null || !isAboutNumber({ code, subcode })) return;
      const entry = deps.gate.find(numberId);
      if (entry?.verdict.decision === "closed") return streaks.end(numberId);
      const now = deps.clock.now();
      const since = streaks.refused(numberId, now, entry?.openSince ?? 0);
      if (since === null || !records.isNews(`${numberId} sending ${code}`, now)) return;
      const observed = { is: "refused", since, source: "send", code, subcode, metaMessage } as const;
      void record(numberId, { kind: "sending", numberId, observed });
    },
    accepted(numberId) {
      streaks.end(numberId);
      const issue = deps.gate.find(numberId)?.sending ?? null;
      const unfailedSince = issues.accepted(numberId, issue, deps.clock.now());
      if (unfailedSince === null) return;
      const observed = { is: "accepted", unfailedSince } as const;
      void record(numberId, { kind: "sending", numberId, observed }).finally(() => issues.asked(numberId));
    },
    failed(statuses) {
      for (const { connectionId, phoneNumberId, code } of statuses) {
        const entry = deps.gate.findByPhone(phoneNumberId);
        if (entry === null || entry.connectionId !== connectionId) continue;
        const { numberId } = entry;
        if (isMetaError({ code }, "token_invalid") || refusesNumber({ code })) suspect(numberId, code);
        // Meta reports these failures for the account: one failed message is enough.
        if (!isMetaError({ code }, "display_name", "payment")) continue;
        issues.failed(numberId);
        const now = deps.clock.now();
        if (!records.isNews(`${numberId} failed ${code}`, now)) continue;
        const observed = {
          is: "refused",
          since: now,
          source: "status",
          code,
          subcode: null,
          metaMessage: null,
        } as const;
        void record(numberId, { kind: "sending", numberId, observed });
      }
    },
    record: (numberId, command) => void record(numberId, command),
  };
}

/** The number's issue after a step. */
const sendingOf = (recorded: Recorded | undefined, numberId: string): SendingIssue | null =>
  recorded?.after.numbers.find((number) => number.numberId === numberId)?.sending ?? null;

/**
 * Continuing refusals are recorded at least this often, so that other instances know that messages still
 * fail.
 */
const RECORDED_EVERY_MS = 60_000;
