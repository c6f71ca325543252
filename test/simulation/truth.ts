import type { ShareRecord } from "../../src/sharing/model/share-record.ts";

/** The true state at Meta, of one WABA and of ourselves. */
export interface Truth {
  shared: boolean;
  /** The share has the task MANAGE. */
  full: boolean;
  deleted: boolean;
  /** Our system user is assigned with MANAGE. */
  assigned: boolean;
  subscribed: boolean;
  /** The code that health_status gives while messages are stopped. */
  stopped: null | 131031 | 368;
  /** `status` of each number by Meta's id; null: deleted. */
  numbers: Record<string, string | null>;
  /** Whether Meta has the companion of the app as linked. */
  linked: boolean;
  tokenAlive: boolean;
  /** Whether our system user is still an admin of our portfolio. */
  admin: boolean;
  /** The client has our app installed, and its own token that we hold is valid. */
  installed: boolean;
  clientTokenAlive: boolean;
  /** Whether we send with that token, and so need both. */
  needsApp: boolean;
}

/** All true states with their instants: Meta's reads may answer from up to 3 s ago. */
export class TruthLine {
  readonly #versions: { at: number; truth: Truth }[];

  constructor(at: number, truth: Truth) {
    this.#versions = [{ at, truth }];
  }

  get now(): Truth {
    return (this.#versions.at(-1) as { truth: Truth }).truth;
  }

  change(at: number, patch: Partial<Truth>): void {
    this.#versions.push({ at, truth: { ...this.now, ...patch } });
  }

  at(at: number): Truth {
    return (this.#versions.findLast((version) => version.at <= at) ?? this.#versions[0])?.truth ?? this.now;
  }

  /** Whether it was so at any instant of [from, until]. */
  wasEver(from: number, until: number, test: (truth: Truth) => boolean): boolean {
    for (let index = this.#versions.length - 1; index >= 0; index -= 1) {
      const version = this.#versions[index] as { at: number; truth: Truth };
      if (version.at <= until && test(version.truth)) return true;
      if (version.at <= from) return false;
    }
    return false;
  }
}

export const isShared = ({ shared, deleted }: Truth): boolean => shared && !deleted;
export const isFullyShared = (truth: Truth): boolean => isShared(truth) && truth.full;
/**
 * Whether nothing that we need from the client is lost: the share with full control, and the app where we
 * send with the client's token.
 */
export const hasPermission = (truth: Truth): boolean =>
  isFullyShared(truth) && (truth.installed || !truth.needsApp);
/** Whether the token that messages are sent with is valid. */
export const canSendAtAll = (truth: Truth): boolean =>
  truth.needsApp ? truth.clientTokenAlive : truth.tokenAlive;
const SENDING = new Set(["CONNECTED", "FLAGGED", "RATE_LIMITED", "RESTRICTED"]);
export const isConnected = (truth: Truth, numberId: string): boolean =>
  SENDING.has(truth.numbers[numberId] ?? "gone");

/** Whether a message of this number would pass at Meta, companions aside. */
export const maySend = (truth: Truth, numberId: string): boolean =>
  hasPermission(truth) && truth.stopped === null && isConnected(truth, numberId);

/** The status that belongs to the truth (the table of docs/reference/rules.md). */
export function expectedOf(truth: Truth, record: ShareRecord, numberIds: readonly string[]): string {
  if (record.operatorClosed !== null) return "closed";
  if (record.adoption === "discovered") return "discovered";
  const isGranted = record.partnerModel !== "app_grant" || truth.installed;
  if (record.signupOpen && !(isFullyShared(truth) && isGranted)) return "onboarding";
  if (!hasPermission(truth)) return "permission_removed";
  if (truth.stopped !== null) return "disabled";
  return numberIds.some((id) => isConnected(truth, id)) ? "live" : "disconnected";
}
