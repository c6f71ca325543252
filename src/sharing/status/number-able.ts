import type { NumberRecord } from "../model/share-record.ts";

/** Offboarded by Meta, and Meta still has time to restore it. */
export function isCountingDown(number: NumberRecord, now: number): boolean {
  return (
    number.facts.CompanionLinked.status === "False" &&
    number.offboarded !== null &&
    now < number.offboarded.until
  );
}

/** Whether a number could send if its WABA allowed it. Unknown may send. */
export function isNumberAble(number: NumberRecord): boolean {
  return number.facts.NumberConnected.status !== "False" && number.facts.CompanionLinked.status !== "False";
}
