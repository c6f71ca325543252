import type { Database } from "../database/database.ts";
import { readEpisodeFigures, type EpisodeFigures } from "./episode-figures-store.ts";
import {
  deleteEpisodeTotals,
  findEpisodeTotal,
  saveEpisodeTotal,
  type EpisodeTotal,
} from "./episode-total-store.ts";
import { addDistributions, NOTHING_MEASURED } from "./histogram.ts";

/** A transaction that closes or opens a gate has committed long before this. */
const SETTLED_AFTER_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** The year 2286. */
const END_OF_TIME = 1e13;

const NOTHING: EpisodeTotal = {
  until: 0,
  figures: {
    detection: {
      announced: NOTHING_MEASURED,
      receipt: NOTHING_MEASURED,
      probed: NOTHING_MEASURED,
      unboundedCount: 0,
    },
    resume: { announced: NOTHING_MEASURED, probed: NOTHING_MEASURED },
    falseCloseCount: 0,
  },
};

/**
 * All that was ever measured, for a reader that asks every few seconds. Results older than an hour no longer
 * change, so they are read once and remembered. At each day's end they are stored in the database for the
 * next start. Percentiles are left out.
 */
export function createEpisodeTotals(db: Database): (now: number) => Promise<EpisodeFigures> {
  let settled: EpisodeTotal | null = null;
  return async (now) => {
    const horizon = now - SETTLED_AFTER_MS;
    // After a clock was set back the newest hour is recent again.
    const known = settled !== null && settled.until <= horizon ? settled : await findKept(db, horizon);
    const toMidnight = await readOn(db, known, Math.floor(horizon / DAY_MS) * DAY_MS);
    if (toMidnight !== known) await saveEpisodeTotal(db, toMidnight);
    settled = await readOn(db, toMidnight, horizon);
    return (await readOn(db, settled, END_OF_TIME)).figures;
  };
}

async function findKept(db: Database, horizon: number): Promise<EpisodeTotal> {
  await deleteEpisodeTotals(db, horizon);
  return (await findEpisodeTotal(db, horizon)) ?? NOTHING;
}

/** The total with everything measured since, up to an instant; unchanged when that instant lies behind. */
async function readOn(db: Database, total: EpisodeTotal, until: number): Promise<EpisodeTotal> {
  if (until <= total.until) return total;
  const since = await readEpisodeFigures(db, { since: total.until, until });
  return { until, figures: addFigures(total.figures, since) };
}

function addFigures(a: EpisodeFigures, b: EpisodeFigures): EpisodeFigures {
  return {
    detection: {
      announced: addDistributions(a.detection.announced, b.detection.announced),
      receipt: addDistributions(a.detection.receipt, b.detection.receipt),
      probed: addDistributions(a.detection.probed, b.detection.probed),
      unboundedCount: a.detection.unboundedCount + b.detection.unboundedCount,
    },
    resume: {
      announced: addDistributions(a.resume.announced, b.resume.announced),
      probed: addDistributions(a.resume.probed, b.resume.probed),
    },
    falseCloseCount: a.falseCloseCount + b.falseCloseCount,
  };
}
