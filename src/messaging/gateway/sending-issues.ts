import { isSendingOver } from "../../sharing/status/sending.ts";
import type { SendingIssue } from "../../sharing/model/sending-issue.ts";

/**
 * When an accepted message ends a number's sending issue, as this instance has seen its messages. Of the same issue the journal tells
 * nothing new, so what each record left of it is kept here. Holds state, does no I/O.
 */
export class SendingIssues {
  readonly #learnt = new Map<string, SendingIssue>();
  /** Since when messages are accepted and none has failed. */
  readonly #unfailedSince = new Map<string, number>();
  readonly #asking = new Set<string>();

  /** What a record left of the issue; null: it is over. */
  learn(numberId: string, issue: SendingIssue | null): void {
    if (issue !== null) this.#learnt.set(numberId, issue);
    else this.#forget(numberId);
  }

  failed(numberId: string): void {
    this.#unfailedSince.delete(numberId);
  }

  /**
   * A message was accepted.
   *
   * @param told the issue, as the journal last told of it
   * @returns since when none has failed, when that ends the issue: to be recorded, and `asked` called after it; null otherwise
   */
  accepted(numberId: string, told: SendingIssue | null, now: number): number | null {
    if (told === null) {
      this.#forget(numberId);
      return null;
    }
    const learnt = this.#learnt.get(numberId);
    const issue = learnt !== undefined && learnt.lastAt >= told.lastAt ? learnt : told;
    const known = this.#unfailedSince.get(numberId) ?? now;
    const since = known < issue.lastAt ? now : Math.min(known, now);
    this.#unfailedSince.set(numberId, since);
    if (this.#asking.has(numberId) || !isSendingOver(issue, since, now)) return null;
    this.#asking.add(numberId);
    return since;
  }

  asked(numberId: string): void {
    this.#asking.delete(numberId);
  }

  #forget(numberId: string): void {
    this.#learnt.delete(numberId);
    this.#unfailedSince.delete(numberId);
  }
}
