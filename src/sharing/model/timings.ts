/**
 * The numbers of "The ten rules" (docs/reference/rules.md), in ms. They come from a model run over 100,000
 * random histories with lost, late, doubled and redelivered webhooks and a read lag of up to 3 s: change one
 * only with such a run.
 */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Rule 1: `entry.time` counts whole seconds, so the event may be this much later than it says. */
export const ENTRY_TIME_SLACK = 999;
/** Rule 2: a closing hint this much older than the newest counted True proof is not admitted. */
export const STALE_HINT = 5 * SECOND;
/**
 * Rule 3: only a True asked this long after its receipt (or this long after a signup since) refutes a fresh
 * hint.
 */
export const FRESH_FENCE = 5 * SECOND;
export const SIGNUP_FENCE = 3 * SECOND;
/**
 * Rule 4: how long after a repair a closing hint is only suspect, when it is probed, what refutes it, and
 * when it closes unrefuted.
 */
export const SUSPECT_FOR = 7 * DAY;
export const SUSPECT_PROBES = [0, 3.3 * SECOND, 5 * SECOND];
export const SUSPECT_FENCE = 3 * SECOND;
export const SUSPECT_CLOSES_AFTER = 9.5 * SECOND;
/**
 * Rule 5: probes after every hint and after every closing, and how soon a failed probe is repeated while
 * either is young.
 */
export const HINT_PROBES = [0, 5 * SECOND, 30 * SECOND, 5 * MINUTE];
export const CLOSING_PROBES = [5 * SECOND, 8 * SECOND];
export const ALERT_FOR = 30 * SECOND;
export const FAILED_REPEAT = 1.5 * SECOND;
/**
 * Rule 6: after an admitted hint this young one bad probe is enough; otherwise two are needed, this far
 * apart.
 */
export const HINT_COUNTS_FOR = 5 * MINUTE;
export const BAD_REPEAT = 1 * SECOND;
export const BAD_REPEAT_AFTER_REPAIR = 30 * SECOND;
export const AFTER_REPAIR = 10 * MINUTE;
/** A listing asked this soon after a repair may still show the time before it: Meta's reads lag up to 3 s. */
export const LISTING_LAG = 3 * SECOND;
/** `check`: two bad probes do not yet count this soon after a repair. */
export const CHECK_DISTRUSTS_FOR = 30 * SECOND;
/**
 * Checks that people and programs may request: of one WABA through the API, and with one link, whose page
 * checks by itself every 15 s.
 */
export const CHECKS_PER_MINUTE = 6;
/** Rule 7: the published bound for a silent downgrade that reads do not show. */
export const WRITE_EVERY = 24 * HOUR;
/** Rule 8: inconclusive probes in a row that change True into Unknown. */
export const FAILED_PROBES = 2;
/** Rule 10: how long after a reconnection an offboarding does not close by itself. */
export const RECONNECTION_TRUSTED_FOR = 7 * DAY;
/** Row 7: how long Meta is given to restore an offboarded number, unless a setting says otherwise. */
export const COMPANION_COUNTDOWN = 60 * MINUTE;
/** The longest time of one answered probe: five questions in a row, each given 2.5 s (probe-meta.ts). */
export const PROBE_AT_MOST = 12.5 * SECOND;
