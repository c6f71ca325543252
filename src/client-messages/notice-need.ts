import { appActivityStateOf, isCounted, type AppActivity } from "../coexistence/app-activity.ts";
import type { Mode } from "../directory/asset-store.ts";
import { isLost } from "../recovery/reshare-link.ts";
import { isEnforced } from "../sharing/gate/verdict.ts";
import type { ShareRecord } from "../sharing/model/share-record.ts";
import { whoMustActOf, type ShareState } from "../sharing/status/share-state.ts";
import type { Topic } from "./client-message.ts";
import type { Need, StoppedWhy } from "./notice.ts";

/** A WABA as its client may have to be told of it. */
export interface Subject {
  record: Pick<ShareRecord, "suppressNotifications">;
  state: ShareState;
  mode: Mode;
  /** Many WABAs of its connection fail together, so that nobody knows yet who must act. */
  isIncident: boolean;
  activities: readonly AppActivity[];
}

export function needOf(topic: Topic, subject: Subject, now: number): Need {
  const silence = silenceOf(subject);
  if (silence !== null) return { is: "over", why: silence };
  return NEEDS[topic](subject, now);
}

const NEEDS: Record<Topic, (subject: Subject, now: number) => Need> = {
  loss: lossNeedOf,
  app_activity: activityNeedOf,
  payment: paymentNeedOf,
};

/** Why nothing at all is said to the client of this WABA; null: something may be. */
function silenceOf({ record, state, mode }: Subject): StoppedWhy | null {
  if (state.adoption === "offboarded") return "offboarded";
  if (state.adoption !== "adopted") return "not_adopted";
  if (state.status === "closed") return "closed_by_operator";
  if (!isEnforced(mode, state)) return "observed";
  return record.suppressNotifications === true ? "lost_before_import" : null;
}

/** Nobody knows, or Meta itself repairs: a loss that stood before is neither told nor over. */
const QUIET_STATUSES: readonly ShareState["status"][] = ["reconnecting", "unknown"];

function lossNeedOf({ state, isIncident }: Subject): Need {
  if (QUIET_STATUSES.includes(state.status)) return HELD;
  if (!isLost(state)) return { is: "over", why: "recovered" };
  if (state.client?.intendedAt !== undefined) return { is: "over", why: "intended" };
  // The client waits for the link that it asked for.
  if (state.client?.askedLinkAt !== undefined) return HELD;
  const who = whoMustActOf(state);
  if (who === "client") return { is: isIncident ? "held" : "told", cause: state.reason ?? state.status };
  return who === "meta" ? HELD : { is: "over", why: "provider_acts" };
}

const HELD: Need = { is: "held", cause: null };

/** The number that waited longest decides. */
function activityNeedOf({ state, activities, isIncident }: Subject, now: number): Need {
  const counted = isCounted(state) ? activities : [];
  const states = counted.map(({ countedFrom }) => appActivityStateOf(countedFrom, now));
  const due = (["overdue", "due_soon"] as const).find((one) => states.includes(one));
  if (due === undefined) return { is: "over", why: "recovered" };
  return { is: isIncident ? "held" : "told", cause: `app_activity_${due}` };
}

function paymentNeedOf({ state, isIncident }: Subject): Need {
  const issue = state.setupIssues?.find(({ check }) => check === "payment");
  // Meta has not answered, or the share is lost: a warning neither begins nor ends.
  if (state.setupIssues == null || issue?.verdict === "unknown") return HELD;
  if (issue?.verdict !== "no" || issue.who !== "client") return { is: "over", why: "recovered" };
  return { is: isIncident ? "held" : "told", cause: issue.reason };
}
