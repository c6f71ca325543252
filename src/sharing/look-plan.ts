import type { ShareMemory } from "./memory.ts";
import { WRITE_EVERY } from "./rules.ts";

/** When this WABA is looked at next: what is due by the rules, and the sweep after that. Null: never by ourselves. */
export function nextLookAt(
  memory: ShareMemory,
  now: number,
  sweepPeriodMs: number,
  jitter: number,
): number | null {
  if (memory.adoption === "offboarded") return null;
  const due = memory.dueLooks[0];
  const sweepAt = (memory.lookedAt ?? now) + sweepPeriodMs * (1 - SWEEP_JITTER * jitter);
  return due === undefined ? sweepAt : Math.min(due, sweepAt);
}

/** The sweep comes up to a tenth of its period early, so that a fleet imported at once is not swept at once for ever. */
const SWEEP_JITTER = 0.1;

/** Rule 7: whether this look writes MANAGE even when the read already shows it. */
export function mustWrite(memory: ShareMemory, now: number, trigger: string): boolean {
  if (memory.write.mustPass || memory.write.wanted || trigger === "check") return true;
  return memory.write.passedAt === null || now - memory.write.passedAt >= WRITE_EVERY;
}
