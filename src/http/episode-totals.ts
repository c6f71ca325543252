import type { Database } from "../database/database.ts";
import { readEpisodeFigures, type EpisodeFigures } from "./episode-figures-store.ts";
import { addDistributions } from "./histogram.ts";

/** A transaction that closes or opens a gate has committed long before this. */
const SETTLED_AFTER_MS = 60 * 60_000;
/** The year 2286. */
const END_OF_TIME = 1e13;

/**
 * All that was ever measured, for a reader that asks every few seconds: what is older than an hour does not change any more, so it is
 * read once and remembered. Its percentiles mean nothing and are not told.
 */
export function createEpisodeTotals(db: Database): (now: number) => Promise<EpisodeFigures> {
  let settled: EpisodeFigures | null = null;
  let until = 0;
  return async (now) => {
    const horizon = now - SETTLED_AFTER_MS;
    // A clock that was set back makes the newest hour young again.
    if (horizon < until) [settled, until] = [null, 0];
    const newlySettled = await readEpisodeFigures(db, { since: until, until: horizon });
    const known: EpisodeFigures = settled === null ? newlySettled : addFigures(settled, newlySettled);
    const young = await readEpisodeFigures(db, { since: horizon, until: END_OF_TIME });
    [settled, until] = [known, horizon];
    return addFigures(known, young);
  };
}

function addFigures(a: EpisodeFigures, b: EpisodeFigures): EpisodeFigures {
  return {
    detection: {
      announced: addDistributions(a.detection.announced, b.detection.announced),
      receipt: addDistributions(a.detection.receipt, b.detection.receipt),
      looked: addDistributions(a.detection.looked, b.detection.looked),
      unboundedCount: a.detection.unboundedCount + b.detection.unboundedCount,
    },
    resume: {
      announced: addDistributions(a.resume.announced, b.resume.announced),
      looked: addDistributions(a.resume.looked, b.resume.looked),
    },
    falseCloseCount: a.falseCloseCount + b.falseCloseCount,
  };
}
