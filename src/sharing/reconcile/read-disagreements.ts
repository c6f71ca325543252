import type { MetaIdSet } from "../../meta/meta-id-set.ts";
import { modelOf } from "../model/partner-model.ts";
import type { ListName } from "./read-listed-page.ts";
import { findShares, type ComparedShare, type ShareRow } from "../record/share-store.ts";
import type { VerifyDeps } from "../probe/verify-share.ts";

/** Statuses read at once: a fleet is compared without reading every share record. */
const PAGE = 1000;
/** Statuses in which a share may count as lost. */
const MAY_BE_LOST = new Set(["permission_removed", "closed", "onboarding"]);

/** Shares that we take as intact and the list lacks, or that it shows and we take as lost. */
export async function* readDisagreements(
  deps: Pick<VerifyDeps, "db">,
  list: ListName,
  listed: MetaIdSet,
  readCompared: (afterAssetId: string, limit: number) => Promise<ComparedShare[]>,
): AsyncGenerator<{ share: ShareRow; isListed: boolean }> {
  for (let after = ""; ;) {
    const page = await readCompared(after, PAGE);
    const doubtful = new Map(
      page
        .map((share) => ({ ...share, isListed: listed.has(share.wabaId) }))
        .filter(({ isListed, status }) =>
          isListed ? MAY_BE_LOST.has(status) : status !== "permission_removed",
        )
        .map(({ assetId, isListed }) => [assetId, isListed]),
    );
    for (const share of doubtful.size === 0 ? [] : await findShares(deps.db, [...doubtful.keys()])) {
      const isListed = doubtful.get(share.assetId) === true;
      const isHeldLost = share.record.facts.Shared.status === "False";
      const isOfThisList = modelOf(share.record).listing === list;
      if (share.record.adoption === "adopted" && isOfThisList && isListed === isHeldLost)
        yield { share, isListed };
    }
    if (page.length < PAGE) return;
    after = page.at(-1)?.assetId ?? "";
  }
}
