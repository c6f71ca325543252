import { expectedReplyOf } from "../../meta/expected-reply.ts";
import { isMetaId } from "../../meta/meta-id.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { askFields, isRefused, type FieldsReply } from "./ask-fields.ts";
import { askList } from "./ask-list.ts";
import { findingOf } from "../evidence/evidence-table.ts";
import { hasControl, tasksOf } from "../evidence/control-evidence.ts";
import { itemsOf } from "../../meta/list-reply.ts";
import type { Replies } from "../evidence/probe-replies.ts";
import {
  repairNumberOverrides,
  repairSubscription,
  NOT_REPAIRED,
  type NumberOverride,
  type Override,
} from "./repair-subscription.ts";
import type { MetaAccount } from "./meta-account.ts";
import { partnerModelOf, type PartnerModel } from "../model/partner-model.ts";
import { NUMBER_DETAILS, WABA_DETAILS } from "./probe-fields.ts";
import { taskSetsOf } from "../evidence/task-sets.ts";

/** What one probe may ask and write. */
export interface ProbeOrder {
  wabaId: string;
  /** Write MANAGE even when the read already shows it. */
  write: boolean;
  /**
   * Whether anything may be written at Meta at all: not for a WABA that is not adopted, nor in observe mode.
   */
  mayWrite: boolean;
  /**
   * Another WABA on which the same token should pass the write, so that a failed one counts; null: there is
   * none.
   */
  controlWabaId: string | null;
  /** The override to write back with a missing subscription, if we hold its verify token. */
  override: Override | null;
  /** The same for its numbers. */
  numberOverrides?: readonly NumberOverride[];
  /** The partner model; default `portfolio_share`. */
  model?: PartnerModel;
  /** The client's own token, for a model whose grant it is. Questions about the WABA use it. */
  clientToken?: string | null;
  /**
   * Read our system user's role when Meta shows us nothing. An employee's missing access is our fault, not
   * the client's.
   */
  askRole?: boolean;
  /** A person asks: fields that Meta refused lately are asked for again. */
  afresh?: boolean;
}

/** Meta shows 25 items of a list unless asked for more, and ours may come after them. */
export const WIDEST = { limit: "100" };

/**
 * Asks Meta about one WABA: first the node's id and the control read, and only when they pass, the rest; then
 * the write. The id alone proves the share, and a refusal of anything else says nothing about it. Nothing
 * more is asked about a WABA that Meta does not show us, because an unregistered one has 200 calls an hour.
 */
export async function probeMeta(own: MetaAccount, order: ProbeOrder): Promise<Replies> {
  const { wabaId } = order;
  const byGrant = modelOf(order).grant === "client_token";
  const account = byGrant && order.clientToken ? { ...own, token: order.clientToken } : own;
  const [control, waba] = await Promise.all([
    ask(own, "GET", `/${own.businessId}`, { fields: "id" }),
    ask(account, "GET", `/${wabaId}`, { fields: "id" }),
  ]);
  const nothing = {
    details: null,
    assignedUsers: null,
    write: null,
    controlWrite: null,
    subscribedApps: null,
    repair: null,
    repairOverride: null,
    phoneNumbers: null,
  };
  if (waba.kind !== "success")
    return { control, waba, ...nothing, systemUsers: await askRole(own, order, control, waba) };
  // Tasks that are written instead of MANAGE include those that the read shows, so that none is removed.
  const mustWrite = order.mayWrite && order.write && !byGrant && modelOf(order).control === "manage";
  // These reads may need more questions, while the write runs.
  const beside = Promise.all([readDetails(account, order, waba), readNumbers(account, order, waba)]);
  const [assignedUsers, subscribedApps, ordered] = await Promise.all([
    byGrant
      ? null
      : readList(account, `/${wabaId}/assigned_users`, { business: account.businessId }, waba.askedAt),
    ask(account, "GET", `/${wabaId}/subscribed_apps`, WIDEST),
    mustWrite ? writeTasks(account, wabaId, ["MANAGE"]) : null,
  ]);
  const { write, controlWrite } =
    assignedUsers === null
      ? { write: null, controlWrite: null }
      : await proveByWrite(account, order, assignedUsers, ordered);
  // Without full control Meta refuses the subscription too, so it is not tried.
  const mayRepair = order.mayWrite && (write === null || write.kind === "success");
  const repaired = mayRepair
    ? await repairSubscription(account, { ...order, read: subscribedApps })
    : NOT_REPAIRED;
  const [details, { reply: numbers }] = await beside;
  const held = order.numberOverrides ?? [];
  const repairNumbers = mayRepair
    ? await repairNumberOverrides(account, { phoneNumbers: numbers, held })
    : {};
  return {
    control,
    waba,
    details: details.reply,
    unread: details.unread,
    assignedUsers,
    write,
    controlWrite,
    subscribedApps,
    ...repaired,
    repairNumbers,
    phoneNumbers: numbers,
  };
}

type Node = Extract<GraphReply, { kind: "success" }>;

/** Name, owner, payment and health. They say nothing about the share. */
function readDetails(account: MetaAccount, { wabaId, afresh }: ProbeOrder, waba: Node): Promise<FieldsReply> {
  return askFields({
    set: WABA_DETAILS,
    wabaId,
    ask: (fields) => ask(account, "GET", `/${wabaId}`, { fields }),
    base: waba,
    record: account.refused,
    now: waba.askedAt,
    until: waba.askedAt + BESIDE_MS,
    afresh: afresh === true,
  });
}

function readNumbers(account: MetaAccount, { wabaId, afresh }: ProbeOrder, waba: Node): Promise<FieldsReply> {
  return askFields({
    set: NUMBER_DETAILS,
    wabaId,
    ask: (fields) => readList(account, `/${wabaId}/phone_numbers`, { fields }, waba.askedAt),
    base: null,
    record: account.refused,
    now: waba.askedAt,
    until: waba.askedAt + BESIDE_MS,
    afresh: afresh === true,
  });
}

const readList = (
  account: MetaAccount,
  path: string,
  query: Record<string, string>,
  now: number,
): Promise<GraphReply> =>
  askList((part) => ask(account, "GET", path, { ...query, ...part }), {
    path,
    record: account.refused,
    now,
    until: now + BESIDE_MS,
  });

async function ask(
  account: MetaAccount,
  method: "GET" | "POST",
  path: string,
  query: Record<string, string>,
  body?: unknown,
): Promise<GraphReply> {
  const request = { method, path, query, body, token: account.token, timeoutMs: ASK_TIMEOUT_MS };
  return expectedReplyOf(await account.graph.ask(request));
}

/**
 * Two probes that hang at the same question, and the pause between them, fit into the 10 s of a `check`.
 * Independent questions are asked together.
 */
const ASK_TIMEOUT_MS = 2500;
/**
 * Additional questions for refused fields and heavy lists begin within this time of a probe, so that it ends
 * by PROBE_AT_MOST.
 */
const BESIDE_MS = 3 * ASK_TIMEOUT_MS;

const modelOf = (order: ProbeOrder): PartnerModel => order.model ?? partnerModelOf("portfolio_share");

/** Our system user's role, when Meta does not show us the WABA and the order asks for the role. */
async function askRole(
  account: MetaAccount,
  order: ProbeOrder,
  control: GraphReply,
  waba: GraphReply,
): Promise<GraphReply | null> {
  const isBad = control.kind === "success" && findingOf(waba).finding === "out_of_reach";
  if (order.askRole !== true || !isBad) return null;
  return ask(account, "GET", `/${account.businessId}/system_users`, WIDEST);
}

/**
 * Rule 7: the write for our own system user, also where only the read requires it, and its control when it
 * fails.
 */
async function proveByWrite(
  account: MetaAccount,
  order: ProbeOrder,
  assignedUsers: GraphReply,
  ordered: GraphReply | null,
): Promise<Pick<Replies, "write" | "controlWrite">> {
  const model = modelOf(order);
  const readAnswered = findingOf(assignedUsers).finding !== "nothing";
  // Where another answer came instead of the list, the write proves what the read would have shown.
  const mayStandIn = readAnswered || (model.control === "manage" && isRefused(assignedUsers));
  const isLacking = mayStandIn && !hasControl(assignedUsers, account.systemUserId, model);
  const isOrdered = order.write && model.control === "messaging_task" && readAnswered;
  let write = ordered;
  if (write === null && order.mayWrite && (isLacking || isOrdered))
    for (const tasks of taskSetsOf(model, tasksOf(assignedUsers, account.systemUserId))) {
      write = await writeTasks(account, order.wabaId, tasks);
      if (findingOf(write).finding !== "out_of_reach") break;
    }
  if (write === null) return { write, controlWrite: null };
  if (findingOf(write).finding !== "out_of_reach") return { write, controlWrite: null };
  return { write, controlWrite: await writeElsewhere(account, order) };
}

function writeTasks(account: MetaAccount, wabaId: string, tasks: readonly string[]): Promise<GraphReply> {
  return ask(account, "POST", `/${wabaId}/assigned_users`, {
    user: account.systemUserId,
    tasks: `['${tasks.join("','")}']`,
  });
}

/**
 * Whether our own rights are in order: the same write passes on another WABA, or, where there is none, we
 * read back as ADMIN.
 */
async function writeElsewhere(
  account: MetaAccount,
  order: ProbeOrder,
): Promise<"passed" | "failed" | GraphReply> {
  if (order.controlWabaId !== null) {
    const write = await writeTasks(account, order.controlWabaId, ["MANAGE"]);
    if (write.kind === "success") return "passed";
    return findingOf(write).finding === "nothing" ? write : "failed";
  }
  const users = await ask(account, "GET", `/${account.businessId}/system_users`, WIDEST);
  if (users.kind !== "success") return findingOf(users).finding === "nothing" ? users : "failed";
  const isAdmin = itemsOf(users).some(
    (user) => isMetaId(user.id, account.systemUserId) && user.role === "ADMIN",
  );
  return isAdmin ? "passed" : "failed";
}
