import type { Sql } from "../../../database/database.ts";
import { findAssets } from "../../../directory/asset-store.ts";
import { findClients } from "../../../directory/client-store.ts";
import { findNumbersOf } from "../../../directory/number-store.ts";
import { maySucceed } from "../../../onboarding/signup/successor.ts";
import { readAttempts } from "../../../onboarding/signup/signup-attempt-store.ts";
import type { Signup } from "../../../onboarding/signup/signup.ts";
import { findShares } from "../../../sharing/record/share-store.ts";
import { stateOf } from "../../../sharing/status/share-state.ts";
import type { SignupView } from "./render-signup.ts";

/** The signups with everything that the API shows of them, in their order. */
export async function readSignupViews(
  sql: Sql,
  signups: readonly Signup[],
  now: number,
): Promise<SignupView[]> {
  const attempts = Map.groupBy(
    await readAttempts(
      sql,
      signups.map((signup) => signup.id),
    ),
    (attempt) => attempt.signupId,
  );
  const assetIdOf = (signup: Signup): string | null => signup.assetId ?? signup.expectedAssetId;
  const assetIds = [...new Set(signups.map(assetIdOf).filter((id) => id !== null))];
  const assets = new Map((await findAssets(sql, assetIds)).map((asset) => [asset.id, asset]));
  const clientIds = [...assets.values()].map((asset) => asset.clientId);
  const clients = new Map((await findClients(sql, clientIds)).map((client) => [client.id, client]));
  const numbers = Map.groupBy(await findNumbersOf(sql, assetIds), (number) => number.assetId);
  const shares = new Map((await findShares(sql, assetIds)).map((share) => [share.assetId, share]));
  return signups.map((signup) => {
    const asset = assets.get(assetIdOf(signup) ?? "") ?? null;
    const share = asset && shares.get(asset.id);
    return {
      signup,
      attempts: attempts.get(signup.id) ?? [],
      asset,
      client: (asset && clients.get(asset.clientId)) ?? null,
      numbers: (asset && numbers.get(asset.id)) ?? [],
      mayAcceptOffered: share ? maySucceed(stateOf(share.record, now)) : false,
    };
  });
}
