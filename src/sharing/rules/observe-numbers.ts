import { decideFact } from "../model/fact.ts";
import type { Answer, NumberResult, ProbeResult } from "../model/probe-result.ts";
import { addDueProbes, newNumberRecord, type ShareRecord } from "../model/share-record.ts";
import { inconclusiveFact, judgeBad } from "./judge-fact.ts";

export function observeNumbers(draft: ShareRecord, probe: ProbeResult, now: number): void {
  for (const [numberId, seen] of Object.entries(probe.numbers))
    observeNumber(draft, numberId, seen, probe, now);
  if (!probe.numbersComplete) return;
  for (const [numberId, number] of Object.entries(draft.numbers)) {
    if (numberId in probe.numbers) continue;
    const gone: Answer = { verdict: "bad", reason: "number_deleted", metaMessage: null };
    observeNumber(
      draft,
      numberId,
      { phoneNumberId: number.phoneNumberId, connected: gone, coexistence: null },
      probe,
      now,
    );
  }
}

function observeNumber(
  draft: ShareRecord,
  numberId: string,
  seen: NumberResult,
  probe: ProbeResult,
  now: number,
): void {
  const number = (draft.numbers[numberId] ??= newNumberRecord(seen.phoneNumberId, now));
  number.phoneNumberId = seen.phoneNumberId;
  if (seen.coexistence !== null) number.coexistence = number.coexistence || seen.coexistence;
  const fact = number.facts.NumberConnected;
  if (probe.askedAt < fact.at) return;
  const { connected } = seen;
  if (connected.verdict === "none") {
    number.facts.NumberConnected = inconclusiveFact(fact, connected, now);
  } else if (connected.verdict === "true") {
    const proof = { status: "True", reason: "proven", source: "probe", at: probe.askedAt, now } as const;
    number.facts.NumberConnected = { ...decideFact(fact, proof), probedAt: probe.askedAt };
  } else {
    const { fact: judged, repeatAt } = judgeBad(draft, fact, connected, probe, now, {
      hinted: false,
      isHeld: false,
    });
    number.facts.NumberConnected = judged;
    if (repeatAt !== null) addDueProbes(draft, [repeatAt]);
  }
}
