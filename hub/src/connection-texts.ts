/**
 * The Hub's sentences about our webhooks and token, Meta's limits and the probe plan; `texts.connection`
 * everywhere.
 */
export const connectionTexts = {
  title: "Connection",
  verdict: {
    well: "Webhooks and API access are healthy.",
    troubled: (n: number) =>
      n === 1
        ? "One part of our connection to Meta is not working."
        : `${n} parts of our connection to Meta are not working.`,
    unknown: "Not checked yet. The first check follows within five minutes of a start.",
  },
  label: { well: "WORKING", troubled: "NOT WORKING", unknown: "NOT CHECKED YET" },
  banner: "Our connection to Meta is not working",
  bannerLink: "See the connection",
  facts: "At a glance",
  portfolio: "Our portfolio",
  app: "Meta app",
  version: "Graph API",
  mode: "Default mode",
  modes: { enforce: "Enforce", observe: "Observe" },
  copyPortfolio: "our portfolio id",
  copyApp: "the app id",
  webhookHealth: "Webhook health",
  webhookHealthLead: "Webhooks and token, checked every five minutes.",
  checks: {
    app_subscription: "Webhooks of our app",
    callback: "Our callback",
    token: "Our token",
  },
  wabas: "Webhooks of each WABA",
  wabasWell: "At the last check every live WABA sent its webhooks to our app.",
  wabasTroubled: (n: number) =>
    n === 1
      ? "One live WABA does not send its webhooks to our app: only our checks find a removal."
      : `${n} live WABAs do not send their webhooks to our app: only our checks find a removal.`,
  wabasRepair:
    "Sharekeeper subscribes them again at the next check. Where a WABA is only observed, nothing is written.",
  more: (n: number) => `and ${n} more`,
  since: "since",
  checked: "checked",
  repaired: "repaired",
  repairedBy: {
    sharekeeper: "Sharekeeper repairs this automatically.",
    operator: "Action needed: provider.",
  },
  verdicts: { yes: "working", no: "not working" },
  repairs: "Automatic repairs",
  repairsLead: "Webhook subscriptions that Sharekeeper restored, and those it could not.",
  repairsEmpty: "No automatic repairs yet.",
  older: "Show older",
  ofApp: "Our app",
  limits: "Meta's API limits",
  limitsLead: "What our checks have used of what Meta allows.",
  usage: (percent: number) => `${percent} % of the app's limit`,
  usageUnknown: "Meta reported no figure in the last hour.",
  usageMeter: "Use of the app's limit",
  sweepWaits: (percent: number) => `From ${percent} % regular checks wait`,
  urgentWaits: (percent: number) => `from ${percent} % urgent ones, too`,
  reserve: (percent: number) => `${percent} % are kept for urgent checks`,
  backOff: "Meta refused for too many calls. We ask again",
  backOffNext: "Nothing to do. “Check now” does not wait for it.",
  noBackOff: "Meta is accepting our requests.",
  postponed: (n: number) =>
    n === 0
      ? "No checks were delayed by rate limits since startup."
      : n === 1
        ? "1 check was delayed by rate limits since startup."
        : `${n.toLocaleString()} checks were delayed by rate limits since startup.`,
  postponedWhy: {
    spent: (n: number) => `${n.toLocaleString()} because a WABA's allowance was used`,
    usage: (n: number) => `${n.toLocaleString()} because our use came near Meta's limit`,
    throttled: (n: number) => `${n.toLocaleString()} because Meta had refused requests`,
  },
  perWaba: "Requests about one WABA",
  perWabaRows: { registered: "With a registered number", unregistered: "Without one" },
  perWabaColumns: {
    kind: "WABA",
    hourly: "Meta allows per hour",
    used: "We use at most",
    atOnce: "At once",
    sweep: "For regular checks",
  },
  perWabaNote: (calls: number) =>
    `The rest is kept for urgent checks. One check makes at most ${calls} requests.`,
  busiest: "Nearest to their limit",
  busiestEmpty: "No WABA has used a tenth of its limit.",
  busy: (used: number, of: number) => `${used.toLocaleString()} of ${of.toLocaleString()} requests`,
  busyClosed: "Meta refused. We ask again",
  plan: "Detection time guarantees",
  planLead: (period: string) => `Every live WABA is checked at least every ${period}.`,
  oldest: "Oldest check of a live WABA",
  noneLive: "No WABA is live.",
  behind: "Most overdue check",
  onTime: "all on time",
  loss: "Loss",
  foundBy: "Found by",
  within: "At worst after",
  atOnce: "at once",
  situations: "How often a WABA is checked",
  situation: "Situation, the first that matches",
  every: "Every",
  honest: "Add any time in which Meta, our token or our network is down.",
};
