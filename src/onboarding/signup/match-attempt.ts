import type { RecordDeps } from "../../sharing/record/record-observation.ts";
import { findSecret } from "../../credentials/secret-store.ts";
import { findAsset } from "../../directory/asset-store.ts";
import { findClients } from "../../directory/client-store.ts";
import { findOwners } from "../../directory/meta-id-store.ts";
import { findNumbersOf } from "../../directory/number-store.ts";
import { isJsonObject } from "../../meta/exact-json.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { findShare, findShares } from "../../sharing/record/share-store.ts";
import { stateOf } from "../../sharing/status/share-state.ts";
import { endAttempt } from "./end-attempt.ts";
import { readGranted, readWithToken } from "./read-granted.ts";
import { saveGranted } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { matchSignup, type ExpectedWaba, type Match } from "./signup-match.ts";
import { attemptTokenPlaceOf } from "../signup-secrets.ts";
import { saveSignup } from "./signup-store.ts";
import type { Signup, SignupAttempt } from "./signup.ts";
import { maySucceed } from "./successor.ts";
import { takeWaba } from "./take-waba.ts";

/** "silent": Meta did not say what the token reaches; it is asked again. */
export type Matching = "matched" | "ended" | "silent";

/**
 * Finds out which WABA an attempt is about, and imports it. Any but the expected WABA is refused by name and
 * changes nothing.
 */
export async function matchAttempt(
  deps: RecordDeps & Pick<SignupDeps, "accountOf" | "keyring">,
  input: { signup: Signup; attempt: SignupAttempt },
): Promise<Matching> {
  const { signup, attempt } = input;
  const account = deps.accountOf(signup.connectionId);
  const place = attemptTokenPlaceOf({ connectionId: signup.connectionId, id: attempt.id });
  const token = await findSecret(deps.db, deps.keyring, place);
  if (account === undefined || token === undefined) {
    await endAttempt(deps, { ...input, outcome: "exchange_failed", metaMessage: null });
    return "ended";
  }
  const expected = await readExpected(deps, signup);
  const granted = await readGranted(account, token, namedBy(attempt.message, expected));
  if (granted === "silent") return "silent";
  if (granted === "dead") {
    await endAttempt(deps, { ...input, outcome: "exchange_failed", metaMessage: "The token is not valid." });
    return "ended";
  }
  await saveGranted(deps.db, attempt.id, granted);
  const known = expected === null ? await adoptedAmong(deps, signup.connectionId, granted ?? []) : [];
  const match = matchSignup({ expected, message: attempt.message, granted, known });
  if (match.kind === "refused") {
    await refuse(deps, input, { ...match, granted }, { token, account });
    return "ended";
  }
  const { wabaId } = match;
  const reach = granted === null ? await readWithToken(account, token, wabaId) : "reached";
  if (reach === "silent") return "silent";
  if (reach === "refused") {
    await endAttempt(deps, { ...input, outcome: "not_granted", metaMessage: null });
    return "ended";
  }
  return (await takeWaba(deps, { signup, attempt, wabaId, token, account })) ? "matched" : "ended";
}

/**
 * A repair is about its WABA unless the message names others; a new client's WABA is the first in the
 * message.
 */
function namedBy(message: SignupAttempt["message"], expected: ExpectedWaba | null): string[] {
  const [first] = message?.wabaIds ?? [];
  const isExpected = expected !== null && (first === undefined || message?.wabaIds.includes(expected.wabaId));
  const named = isExpected ? expected.wabaId : first;
  return named === undefined ? [] : [named];
}

async function readExpected(deps: Pick<SignupDeps, "db">, signup: Signup): Promise<ExpectedWaba | null> {
  if (signup.expectedAssetId === null) return null;
  const asset = await findAsset(deps.db, signup.expectedAssetId);
  if (asset === undefined) return null;
  const [client] = await findClients(deps.db, [asset.clientId]);
  const numbers = await findNumbersOf(deps.db, [asset.id]);
  return {
    wabaId: asset.wabaId,
    businessId: client?.businessId ?? null,
    phoneNumberIds: numbers.map((number) => number.phoneNumberId),
    isAppOnly: asset.partnerModel === "app_grant",
  };
}

async function adoptedAmong(
  deps: Pick<SignupDeps, "db">,
  connectionId: string,
  wabaIds: string[],
): Promise<string[]> {
  const owners = await findOwners(deps.db, connectionId, "waba", wabaIds);
  const shares = await findShares(deps.db, [...owners.values()]);
  const adopted = new Set(
    shares.filter(({ record }) => record.adoption === "adopted").map(({ assetId }) => assetId),
  );
  return wabaIds.filter((wabaId) => adopted.has(owners.get(wabaId) ?? ""));
}

type Refusal = Extract<Match, { kind: "refused" }> & { granted: string[] | null };

/** Names the chosen WABA, and keeps it on offer: an operator may accept it when the old one cannot return. */
async function refuse(
  deps: RecordDeps,
  input: { signup: Signup; attempt: SignupAttempt },
  refusal: Refusal,
  ask: { token: string; account: MetaAccount },
): Promise<void> {
  const { signup, attempt } = input;
  const metaMessage = await nameOfChosen(refusal, attempt, ask);
  const isOffered = await mayBeOffered(deps, signup, refusal);
  if (isOffered)
    await saveSignup(deps.db, signup.id, {
      offered: {
        wabaId: refusal.chosen ?? "",
        name: metaMessage,
        businessId: attempt.message?.businessId ?? null,
        phoneNumberIds: attempt.message?.phoneNumberId ? [attempt.message.phoneNumberId] : [],
        attemptId: attempt.id,
      },
    });
  const outcome = isOffered && (await canNeverReturn(deps, signup)) ? "successor_offered" : refusal.code;
  await endAttempt(deps, { ...input, outcome, metaMessage, isOffered });
}

/**
 * Only WABAs that the token proves by membership, and never another client's: the message alone could name
 * any WABA.
 */
async function mayBeOffered(
  deps: Pick<SignupDeps, "db">,
  signup: Signup,
  refusal: Refusal,
): Promise<boolean> {
  const { code, chosen, granted } = refusal;
  if ((code !== "wrong_waba" && code !== "wrong_number") || chosen === null) return false;
  if (granted?.includes(chosen) !== true) return false;
  const others = await adoptedAmong(deps, signup.connectionId, code === "wrong_waba" ? [chosen] : []);
  return others.length === 0;
}

async function canNeverReturn(deps: Pick<SignupDeps, "db" | "clock">, signup: Signup): Promise<boolean> {
  const share = await findShare(deps.db, signup.expectedAssetId ?? "");
  return share !== undefined && maySucceed(stateOf(share.record, deps.clock.now()));
}

/** "Northwind Florist (100000000000002)", as Meta's window showed it; the id alone when Meta does not say. */
async function nameOfChosen(
  refusal: Refusal,
  attempt: SignupAttempt,
  { token, account }: { token: string; account: MetaAccount },
): Promise<string | null> {
  const ask = (path: string, fields: string): Promise<GraphReply> =>
    account.graph.ask({ method: "GET", path, query: { fields }, token });
  if (refusal.code === "wrong_number") {
    const id = attempt.message?.phoneNumberId ?? "";
    const reply = await ask(`/${id}`, "display_phone_number");
    return textIn(reply, "display_phone_number") ?? id;
  }
  if (refusal.code === "wrong_business") {
    const id = attempt.message?.businessId ?? "";
    const reply = await ask(`/${refusal.chosen}`, "owner_business_info");
    const owner = reply.kind === "success" ? reply.body.owner_business_info : null;
    const name = isJsonObject(owner) && owner.id === id && typeof owner.name === "string" ? owner.name : null;
    return name === null ? id : `${name} (${id})`;
  }
  if (refusal.chosen === null) return null;
  const name = textIn(await ask(`/${refusal.chosen}`, "name"), "name");
  return name === null ? refusal.chosen : `${name} (${refusal.chosen})`;
}

function textIn(reply: GraphReply, field: string): string | null {
  const value = reply.kind === "success" ? reply.body[field] : null;
  return typeof value === "string" ? value : null;
}
