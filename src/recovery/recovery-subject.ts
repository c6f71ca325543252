import type { ConditionState, NumberState, ShareState } from "../sharing/status/share-state.ts";
import type { PartnerModelName } from "../sharing/model/partner-model.ts";
import type { WabaKind } from "../sharing/model/share-record.ts";

/** What the plan depends on, and nothing else. */
export interface RecoverySubject {
  status: ShareState["status"];
  reason: string | null;
  kind: WabaKind;
  /** Once a coexistence number was there, Meta does not allow partner assignment. */
  everCoexistence: boolean;
  /** Meta's signup has said that another partner holds the WABA (2655093). */
  takenOver: boolean;
  /** A restriction that ends by itself. */
  expires: boolean;
  /** Conditions that are True: the steps that they prove are done. */
  proven: ReadonlySet<ConditionState["type"]>;
  /** The partner model; default: shared with our portfolio. */
  partnerModel?: PartnerModelName;
  /** The client's own token, with which we send, is dead. */
  isClientTokenDead?: boolean;
  /** Banned in the app: the client has reported since that the app works again. */
  appWorks?: boolean;
  wabaId: string;
  /** The owner's portfolio, for the deep link; null while it is not known. */
  clientBusinessId: string | null;
}

/** Who asks to be assigned, and the addresses of Meta's screens. */
export interface RecoveryContext {
  partnerName: string;
  partnerBusinessId: string;
  /** "https://business.facebook.com", without a slash at the end. */
  businessSuiteUrl: string;
}

/** What the plan needs beside the state. */
export type AboutWaba = Pick<RecoverySubject, "wabaId" | "clientBusinessId">;

export function subjectOf(state: ShareState, waba: AboutWaba): RecoverySubject {
  return {
    status: state.status,
    reason: state.reason,
    kind: state.kind,
    everCoexistence: state.everCoexistence,
    takenOver: state.takenOver,
    expires: state.restrictedUntil !== null,
    proven: provenOf(state.conditions),
    ...(state.partnerModel && { partnerModel: state.partnerModel }),
    isClientTokenDead:
      state.sendsWithClientToken === true &&
      state.conditions.some(({ type, status }) => type === "TokenValid" && status === "False"),
    appWorks: state.client?.appWorksAt !== undefined,
    ...waba,
  };
}

/** The same for one number with a problem of its own: its own row counts, and its own use in the app. */
export function numberSubjectOf(state: ShareState, number: NumberState, waba: AboutWaba): RecoverySubject {
  return {
    ...subjectOf(state, waba),
    status: number.row === 8 ? "disconnected" : "reconnecting",
    reason: number.reason,
    kind: number.coexistence ? "coexistence" : "platform",
    proven: provenOf([...state.conditions, ...number.conditions]),
  };
}

function provenOf(conditions: ConditionState[]): Set<ConditionState["type"]> {
  return new Set(
    conditions.filter((condition) => condition.status === "True").map((condition) => condition.type),
  );
}
