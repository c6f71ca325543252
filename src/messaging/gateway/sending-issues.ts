import { isSendingOver } from "../../sharing/status/sending.ts";
import type { SendingIssue } from "../../sharing/model/sending-issue.ts";

/**
 * Decides when an accepted message ends a number's sending issue, as seen by this instance. The journal does
 * not repeat an unchanged issue, so the state after each record is kept here. Holds state, does no I/O.
 */
export class SendingIssues {
  readonly #learnt = new Map<string, SendingIssue>();
  /** Since when messages are accepted without a failure. */
  readonly #unfailedSince = new Map<string, number>();
  readonly #asking = new Set<string>();

  /** The issue after the last record; null: it is over. */
  learn(numberId: string, issue: SendingIssue | null): void {
    if (issue !== null) {
      this.#learnt.set(numberId, issue);
      return;
    }
    this.#learnt.delete(numberId);
    this.#unfailedSince.delete(numberId);
  }

  failed(numberId: string): void {
    this.#unfailedSince.delete(numberId);
  }

  /**
   * A message was accepted.
   *
   * @param recorded the issue in the journal, as far as this instance has read it
   * @returns since when none has failed, when that ends the issue: to be recorded, and `asked` called after
   * it; else null
   */
  accepted(numberId: string, recorded: SendingIssue | null, now: number): number | null {
    if (recorded === null) {
      this.#learnt.delete(numberId);
      // It counts for an issue that is in the journal, but was not read yet.
      if (!this.#unfailedSince.has(numberId)) this.#unfailedSince.set(numberId, now);
      return null;
    }
    const learnt = this.#learnt.get(numberId);
    const issue = learnt !== undefined && learnt.lastAt >= recorded.lastAt ? learnt : recorded;
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
}
