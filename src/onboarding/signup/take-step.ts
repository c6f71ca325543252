import { findSecret } from "../../credentials/secret-store.ts";
import { findAsset, type Asset } from "../../directory/asset-store.ts";
import { findNumbersOf, type NumberEntry } from "../../directory/number-store.ts";
import { itemsOf } from "../../meta/list-reply.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { isMetaId, parseMetaId } from "../../meta/meta-id.ts";
import type { FieldsReply } from "../../sharing/probe/ask-fields.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import type { FieldGroup } from "../../sharing/probe/probe-fields.ts";
import { readFields } from "../../sharing/probe/read-fields.ts";
import { metaMessageOf } from "../../sharing/evidence/evidence-table.ts";
import type { By } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { verifyShare, type VerifyDeps } from "../../sharing/probe/verify-share.ts";
import { mayRegister } from "../../sharing/evidence/number-evidence.ts";
import { cutText } from "../../lib/cut-text.ts";
import type { NumberSeen } from "../../sharing/model/setup-reading.ts";
import { isPassing } from "../passing-reply.ts";
import { registerNumber } from "../register/register-number.ts";
import { registrationPauseMs } from "../register/registration-limit.ts";
import { readAttempts } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { clientTokenPlaceOf } from "../signup-secrets.ts";
import type { Signup, SignupStep, SignupStepId } from "./signup.ts";
import { subscribeWaba } from "./subscribe-waba.ts";
import { syncAppData } from "./sync-app-data.ts";

/** The result of one step. `silent`: Meta gave no answer, and it is asked again. */
export type Taken =
  | { kind: "settled"; status: "done" | "failed" | "skipped"; metaMessage: string | null }
  | { kind: "silent"; metaMessage: string; comesBack?: true }
  /** It is reported as failed, the other steps continue, and it is retried. */
  | ({ kind: "comes_back" } & Left)
  /** Only a person knows these numbers' PINs. `left`: other numbers are retried. */
  | { kind: "wants_pins"; numberIds: string[]; left: Left | null }
  /** Nothing is wrong, but the step is not done yet: it is checked again soon. */
  | { kind: "not_yet" };

/** Numbers that Meta did not register for now, with its message. `notBefore`: ms since the epoch. */
interface Left {
  metaMessage: string;
  notBefore: number;
  seen: Record<string, NumberSeen>;
}

interface StepContext {
  deps: VerifyDeps;
  signup: Signup;
  asset: Asset;
  account: MetaAccount;
  /** The client's token, while we hold one; a hosted signup has none. */
  clientToken: string | undefined;
}

const settled = (status: "done" | "failed" | "skipped", metaMessage: string | null = null): Taken => ({
  kind: "settled",
  status,
  metaMessage,
});

/** The steps after the match, each safe to take again. In observe mode nothing is written at Meta. */
const STEPS: Record<
  Exclude<SignupStepId, "exchange_code" | "match_waba">,
  (context: StepContext) => Promise<Taken>
> = {
  subscribe,
  register,
  sync_app: syncApp,
  prove_share: proveShare,
};

/** Takes one step of a signup whose WABA is matched. */
export async function takeStep(
  deps: VerifyDeps,
  signup: Signup,
  step: Exclude<SignupStepId, "exchange_code" | "match_waba">,
): Promise<Taken> {
  const asset = signup.assetId === null ? undefined : await findAsset(deps.db, signup.assetId);
  const account = asset && deps.accountOf(asset.connectionId);
  if (asset === undefined || account === undefined) return settled("failed", "The WABA is gone.");
  const clientToken = await findSecret(deps.db, deps.keyring, clientTokenPlaceOf(asset));
  return STEPS[step]({ deps, signup, asset, account, clientToken });
}

async function subscribe({ deps, asset, account, clientToken }: StepContext): Promise<Taken> {
  if (asset.mode === "observe") return settled("skipped");
  const reply = await subscribeWaba(deps, { asset, account, token: clientToken ?? account.token });
  if (reply.kind === "success") return settled("done");
  // Probes repair a missing subscription with our own token as soon as the share exists.
  return isPassing(reply)
    ? { kind: "silent", metaMessage: metaMessageOf(reply) }
    : settled("failed", metaMessageOf(reply));
}

/** Registers numbers that are not connected, and never a number of the app. */
async function register({ deps, signup, asset, account, clientToken }: StepContext): Promise<Taken> {
  if (asset.mode === "observe") return settled("skipped");
  // The probe creates the ids of new numbers, under which a PIN is sealed.
  await verifyShare(deps, { assetId: asset.id, trigger: "due" });
  const token = clientToken ?? account.token;
  const { reply, unread } = await readNumbers(account, asset, { token, groups: NUMBER_FIELDS });
  if (isPassing(reply)) return { kind: "silent", metaMessage: metaMessageOf(reply), comesBack: true };
  if (reply.kind !== "success") return settled("failed", metaMessageOf(reply));
  const share = await findShare(deps.db, asset.id);
  const numbers = await findNumbersOf(deps.db, [asset.id]);
  // The signup or an earlier probe decides before Meta's late reads.
  const isInApp = signup.flow === "coexistence" || share?.record.everCoexistence !== false;
  const isPlatform = share?.record.kind.value === "platform" || (await saidPlatform(deps, signup));
  const items = itemsOf(reply).filter((item) => mayRegister(item, isPlatform));
  if (isInApp || items.length === 0) return settled("skipped");
  // A number that may be registered already is not registered again: Meta allows ten registrations in 72
  // hours.
  const { status: unsaid } = unread;
  if (unsaid !== undefined && items.some((item) => isRegistered(item) === null))
    return { kind: "silent", metaMessage: metaMessageOf(unsaid), comesBack: true };
  const open = items.filter((item) => isRegistered(item) !== true);
  if (open.length === 0) return settled("skipped");
  const ours = numbers.filter(({ phoneNumberId }) => open.some(({ id }) => isMetaId(id, phoneNumberId)));
  return registerAll(deps, { signup, asset, numbers: ours, token });
}

/** By `status`, and where Meta refuses that by `platform_type`; null: neither was read. */
function isRegistered({ status, platform_type: platform }: Record<string, unknown>): boolean | null {
  if (status !== undefined) return status === "CONNECTED";
  return platform === undefined ? null : platform === "CLOUD_API";
}

const SYSTEM: By = { actor: "system", requestId: null };

async function registerAll(
  deps: VerifyDeps,
  { signup, asset, numbers, token }: { signup: Signup; asset: Asset; numbers: NumberEntry[]; token: string },
): Promise<Taken> {
  const wanted: string[] = [];
  const refused: string[] = [];
  let notBefore = 0;
  for (const number of numbers) {
    const result = await registerNumber(deps, { numberId: number.id, pin: null, token, by: SYSTEM });
    const name = number.displayPhoneNumber ?? number.phoneNumberId;
    // Meta may have counted a lost answer: only the first one is retried at once.
    if (result.kind === "silent" && !(result.isLost && signup.steps.register !== undefined))
      return { kind: "silent", metaMessage: result.metaMessage, comesBack: true };
    if (result.kind === "pin_unknown") wanted.push(number.id);
    if (result.kind === "refused" || result.kind === "silent") refused.push(`${name}: ${result.metaMessage}`);
    if (result.kind !== "too_often") continue;
    notBefore = Math.max(notBefore, result.until);
    refused.push(signup.steps.register?.metaMessage ?? `${name}: ${TOO_OFTEN}`);
  }
  const share = await findShare(deps.db, asset.id);
  const seen = share?.record.setup?.numbers?.byId ?? {};
  const metaMessage = cutText([...new Set(refused)].join("; "), 1000);
  const left = refused.length > 0 ? { metaMessage, notBefore, seen } : null;
  if (wanted.length > 0) return { kind: "wants_pins", numberIds: wanted, left };
  if (left !== null) return { kind: "comes_back", ...left };
  // What was registered since the probe above is connected now.
  await verifyShare(deps, { assetId: asset.id, trigger: "due" });
  return settled("done");
}

const TOO_OFTEN = "Meta allows ten registrations of a number in 72 hours.";

/** The flow that ended, by the message of the attempt that was matched. */
async function saidPlatform(deps: Pick<SignupDeps, "db">, signup: Signup): Promise<boolean> {
  const attempts = await readAttempts(deps.db, [signup.id]);
  return attempts.find(({ matchedAt }) => matchedAt !== null)?.message?.as === "platform";
}

/** Each by itself: a field that Meta refuses keeps no other from being read (field case 1). */
const NUMBER_FIELDS = [["status"], ["platform_type"], ["is_on_biz_app"]] as const;

function readNumbers(
  account: MetaAccount,
  asset: Asset,
  { token, groups }: { token: string; groups: readonly FieldGroup[] },
): Promise<FieldsReply> {
  const path = `/${asset.wabaId}/phone_numbers`;
  const ask = (fields: string): Promise<GraphReply> =>
    account.graph.ask({ method: "GET", path, query: { fields, limit: "100" }, token });
  return readFields(ask, groups);
}

async function syncApp({ deps, asset, account, clientToken }: StepContext): Promise<Taken> {
  const share = await findShare(deps.db, asset.id);
  if (asset.mode === "observe" || share?.record.everCoexistence !== true) return settled("skipped");
  const token = clientToken ?? account.token;
  // Read from Meta, not from what is known: Meta may show late that the number is in the app, and the chats
  // are available for one day only. Such a WABA has one number.
  const { reply } = await readNumbers(account, asset, { token, groups: [] });
  if (isPassing(reply)) return { kind: "silent", metaMessage: metaMessageOf(reply) };
  const phoneNumberIds = itemsOf(reply).flatMap(({ id }) => parseMetaId(id) ?? []);
  if (phoneNumberIds.length === 0)
    return settled("failed", reply.kind === "success" ? null : metaMessageOf(reply));
  const result = await syncAppData(account, { phoneNumberIds, token });
  return result === null
    ? { kind: "silent", metaMessage: "Meta did not answer." }
    : {
        kind: "settled",
        status: result.status === "failed" ? "failed" : "done",
        metaMessage: result.metaMessage,
      };
}

/** The dialog's message is not trusted: our own probe, with our own token, is the proof. */
async function proveShare({ deps, signup, asset }: StepContext): Promise<Taken> {
  if (await isProven(deps, signup, asset.id)) return settled("done");
  await verifyShare(deps, { assetId: asset.id, trigger: "due" });
  return (await isProven(deps, signup, asset.id)) ? settled("done") : { kind: "not_yet" };
}

async function isProven(deps: Pick<SignupDeps, "db">, signup: Signup, assetId: string): Promise<boolean> {
  const share = await findShare(deps.db, assetId);
  const facts = share && [share.record.facts.Shared, share.record.facts.FullControl];
  return facts?.every((fact) => fact.status === "True" && fact.at >= (signup.signedAt ?? 0)) ?? false;
}

/** After this many missing answers of Meta a step is reported as failed, and the other steps continue. */
const SILENCES_BORNE = 8;

export function stepOf(taken: Taken, before: SignupStep | undefined, now: number): SignupStep {
  const base = { at: now, metaMessage: null, silentCount: 0 };
  switch (taken.kind) {
    case "settled":
      return { ...base, status: taken.status, metaMessage: taken.metaMessage };
    case "silent":
      return silentStepOf(taken, before, now);
    case "comes_back":
      return { ...base, status: "failed", ...comeback(taken, before, now) };
    case "wants_pins": {
      const rest = taken.left === null ? kept(before) : comeback(taken.left, before, now);
      return { ...base, ...rest, status: "waiting", pinsWanted: taken.numberIds };
    }
    case "not_yet":
      return { ...base, status: "waiting", at: before?.at ?? now };
  }
}

/** Numbers that wait for their PIN keep waiting, whatever Meta does not answer about the others. */
function silentStepOf(
  { metaMessage, comesBack }: Extract<Taken, { kind: "silent" }>,
  before: SignupStep | undefined,
  now: number,
): SignupStep {
  const pins = before?.status === "waiting" ? before.pinsWanted : undefined;
  const silentCount = (before?.silentCount ?? 0) + 1;
  const silent = { ...kept(before), ...(pins && { pinsWanted: pins }), at: now, metaMessage, silentCount };
  if (silentCount < SILENCES_BORNE) return { ...silent, status: "waiting" };
  if (comesBack !== true) return { ...silent, status: "failed" };
  const againAt = now + registrationPauseMs(1);
  return { ...silent, status: pins ? "waiting" : "failed", silentCount: 0, againAt };
}

/** The pauses continue to grow from where they were. */
function kept(before: SignupStep | undefined): Pick<SignupStep, "tryCount" | "seen"> {
  const { tryCount, seen } = before ?? {};
  return { ...(tryCount !== undefined && { tryCount }), ...(seen && { seen }) };
}

function comeback({ metaMessage, notBefore, seen }: Left, before: SignupStep | undefined, now: number) {
  const tryCount = (before?.tryCount ?? 0) + 1;
  return { metaMessage, tryCount, seen, againAt: Math.max(notBefore, now + registrationPauseMs(tryCount)) };
}
