import type { Database } from "../../../database/database.ts";
import type { GateCache } from "../../../sharing/gate/gate-cache.ts";
import {
  readEpisodeFigures,
  type EpisodeFigures,
  type Span,
} from "../../../reports/episode-figures-store.ts";
import type { Distribution } from "../../../reports/histogram.ts";
import { findOldestLiveProof, readProofAges } from "../../../reports/share-figures-store.ts";

export interface ReadFigures {
  span: Span & { now: number };
  episodes: EpisodeFigures;
  oldestProofAt: number | null;
  proofAges: Distribution;
}

/** How long losses took within the span, and how old the proofs are now. */
export async function readFigures(
  { db, gate }: { db: Database; gate: Pick<GateCache, "shareCount"> },
  span: ReadFigures["span"],
): Promise<ReadFigures> {
  return {
    span,
    episodes: await readEpisodeFigures(db, span),
    oldestProofAt: await findOldestLiveProof(db),
    proofAges: await readProofAges(db, { now: span.now, shareCount: gate.shareCount() }),
  };
}
