import type { GraphReply } from "../meta/graph-reply.ts";
import { findingOf } from "./evidence.ts";
import { hasManage, itemsOf, subscriptionIn, type Replies } from "./judge-look.ts";
import type { MetaAccount } from "./meta-account.ts";

/** What one look may ask and write. */
export interface LookOrder {
  wabaId: string;
  /** Write MANAGE even when the read already shows it. */
  write: boolean;
  /** Whether anything may be written at Meta at all: not for a WABA that is not adopted, nor in observe mode. */
  mayWrite: boolean;
  /** Another WABA on which the same token should pass the write, to make a failed one count; null: there is none. */
  controlWabaId: string | null;
  /** The override to write back with a missing subscription, when we hold its verify token. */
  override: { uri: string; verifyToken: string } | null;
}

const WABA_FIELDS = "id,name,account_review_status,owner_business_info,primary_funding_id,health_status";
const NUMBER_FIELDS =
  "id,display_phone_number,verified_name,status,quality_rating,name_status,code_verification_status,platform_type,is_on_biz_app,account_mode,throughput";

/**
 * Asks Meta about one WABA: node read and control read first, and only when they stand, the rest; then the write. Meta is asked
 * nothing more about a WABA that it does not show us: an unregistered one has 200 calls an hour.
 */
export async function lookAtMeta(account: MetaAccount, order: LookOrder): Promise<Replies> {
  const { wabaId } = order;
  const [control, waba] = await Promise.all([
    ask(account, "GET", `/${account.businessId}`, { fields: "id" }),
    ask(account, "GET", `/${wabaId}`, { fields: WABA_FIELDS }),
  ]);
  const nothing = {
    assignedUsers: null,
    write: null,
    controlWrite: null,
    subscribedApps: null,
    mend: null,
    phoneNumbers: null,
  };
  if (waba.kind !== "success") return { control, waba, ...nothing };
  const mustWrite = order.mayWrite && order.write;
  const [assignedUsers, subscribedApps, phoneNumbers, ordered] = await Promise.all([
    ask(account, "GET", `/${wabaId}/assigned_users`, { business: account.businessId }),
    ask(account, "GET", `/${wabaId}/subscribed_apps`, {}),
    ask(account, "GET", `/${wabaId}/phone_numbers`, { fields: NUMBER_FIELDS, limit: "100" }),
    mustWrite ? writeManage(account, wabaId) : null,
  ]);
  const { write, controlWrite } = await proveByWrite(account, order, assignedUsers, ordered);
  // Without full control Meta refuses the subscription too: what cannot pass is not tried.
  const mend =
    write === null || write.kind === "success"
      ? await mendSubscription(account, order, subscribedApps)
      : null;
  return { control, waba, assignedUsers, write, controlWrite, subscribedApps, mend, phoneNumbers };
}

function ask(
  account: MetaAccount,
  method: "GET" | "POST",
  path: string,
  query: Record<string, string>,
  body?: unknown,
): Promise<GraphReply> {
  return account.graph.ask({ method, path, query, body, token: account.token, timeoutMs: ASK_TIMEOUT_MS });
}

/** Two looks that hang at the same question, and the pause between them, fit into the 10 s of a `check`: what waits for no answer is asked together. */
const ASK_TIMEOUT_MS = 2500;

/** Rule 7: the write of MANAGE for our own system user, also where only the read asks for it, and its control when it fails. */
async function proveByWrite(
  account: MetaAccount,
  order: LookOrder,
  assignedUsers: GraphReply,
  ordered: GraphReply | null,
): Promise<Pick<Replies, "write" | "controlWrite">> {
  const readAnswered = findingOf(assignedUsers).finding !== "nothing";
  const isLacking = readAnswered && !hasManage(assignedUsers, account.systemUserId);
  const write = ordered ?? (order.mayWrite && isLacking ? await writeManage(account, order.wabaId) : null);
  if (write === null) return { write, controlWrite: null };
  if (findingOf(write).finding !== "out_of_reach") return { write, controlWrite: null };
  return { write, controlWrite: (await passesElsewhere(account, order)) ? "passed" : "failed" };
}

function writeManage(account: MetaAccount, wabaId: string): Promise<GraphReply> {
  return ask(account, "POST", `/${wabaId}/assigned_users`, {
    user: account.systemUserId,
    tasks: "['MANAGE']",
  });
}

/** Whether our own rights are sound: the same write passes on another WABA, or, where there is none, we read back as ADMIN. */
async function passesElsewhere(account: MetaAccount, order: LookOrder): Promise<boolean> {
  if (order.controlWabaId !== null && (await writeManage(account, order.controlWabaId)).kind === "success")
    return true;
  if (order.controlWabaId !== null) return false;
  const users = await ask(account, "GET", `/${account.businessId}/system_users`, {});
  return itemsOf(users).some((user) => user.id === account.systemUserId && user.role === "ADMIN");
}

/**
 * A dropped subscription is mended at once: read, and written only when absent, for a bare POST erases an override
 * (subscribed_apps reference). An override whose verify token we hold is written back.
 */
async function mendSubscription(
  account: MetaAccount,
  order: LookOrder,
  read: GraphReply,
): Promise<GraphReply | null> {
  if (!order.mayWrite || read.kind !== "success" || subscriptionIn(read, account.appId) !== null) return null;
  const { override } = order;
  const query: Record<string, string> =
    override === null ? {} : { override_callback_uri: override.uri, verify_token: override.verifyToken };
  return ask(account, "POST", `/${order.wabaId}/subscribed_apps`, query);
}
