/** The Hub's sentences about our own hearing, Meta's limits and the plan of looks; `texts.connection` everywhere. */
export const connectionTexts = {
  title: "Connection",
  verdict: {
    well: "Meta can hear us, and we hear Meta.",
    troubled: (n: number) =>
      n === 1
        ? "One thing between us and Meta is not in order."
        : `${n} things between us and Meta are not in order.`,
    unknown: "Not checked yet. The first check follows within five minutes of a start.",
  },
  label: { well: "IN ORDER", troubled: "NOT IN ORDER", unknown: "NOT CHECKED YET" },
  banner: "Our connection to Meta is not in order",
  bannerLink: "See the connection",
  facts: "At a glance",
  portfolio: "Our portfolio",
  app: "Meta app",
  version: "Graph API",
  mode: "Default mode",
  modes: { enforce: "Enforce", observe: "Observe" },
  copyPortfolio: "our portfolio id",
  copyApp: "the app id",
  hearing: "What we hear with",
  hearingLead: "Checked every five minutes.",
  checks: {
    app_subscription: "Webhooks of our app",
    callback: "Our callback",
    token: "Our token",
  },
  wabas: "Webhooks of each WABA",
  wabasWell: "As last looked at, every live WABA sends its webhooks to our app.",
  wabasTroubled: (n: number) =>
    n === 1
      ? "One live WABA does not send its webhooks to our app: a removal is found by looking only."
      : `${n} live WABAs do not send their webhooks to our app: a removal is found by looking only.`,
  wabasMend:
    "Sharekeeper subscribes them again with the next look. Where a WABA is only observed, nothing is written.",
  more: (n: number) => `and ${n} more`,
  since: "since",
  checked: "checked",
  mended: "mended",
  mendedBy: { sharekeeper: "Sharekeeper mends this by itself.", operator: "You mend this." },
  verdicts: { yes: "in order", no: "not in order" },
  mends: "Last mended",
  mendsLead: "Subscriptions that Sharekeeper wrote again, and what it could not.",
  mendsEmpty: "Nothing had to be mended yet.",
  older: "Show older",
  ofApp: "Our app",
  limits: "Meta's limits",
  limitsLead: "What our looks have used of what Meta allows.",
  usage: (percent: number) => `${percent} % of the app's limit`,
  usageUnknown: "Meta named no figure within the last hour.",
  usageMeter: "Use of the app's limit",
  sweepWaits: (percent: number) => `From ${percent} % the regular looks wait`,
  urgentWaits: (percent: number) => `from ${percent} % urgent looks, too`,
  reserve: (percent: number) => `${percent} % are kept for urgent looks`,
  backOff: "Meta refused for too many calls. We ask again",
  backOffNext: "Nothing to do. A person's Check now does not wait for it.",
  noBackOff: "Meta takes our calls.",
  postponed: (n: number) =>
    n === 0
      ? "No look had to wait for want of room since the start."
      : n === 1
        ? "1 look was put off for want of room since the start."
        : `${n.toLocaleString()} looks were put off for want of room since the start.`,
  postponedWhy: {
    spent: (n: number) => `${n.toLocaleString()} because a WABA's share was used`,
    usage: (n: number) => `${n.toLocaleString()} because Meta's header came near the limit`,
    throttled: (n: number) => `${n.toLocaleString()} because Meta had refused`,
  },
  perWaba: "About one WABA",
  perWabaColumns: {
    hourly: "Meta allows, an hour",
    used: "We use at most",
    atOnce: "At once",
    sweep: "Of it, for regular looks",
  },
  perWabaNote: (calls: number) =>
    `The rest is kept for urgent looks. One look asks at most ${calls} times. The smaller limit is that of a WABA without a registered number.`,
  busiest: "Nearest to their limit",
  busiestEmpty: "No WABA has used a tenth of its share.",
  busy: (used: number, of: number) => `${used.toLocaleString()} of ${of.toLocaleString()} calls`,
  busyClosed: "Meta refused. We ask again",
  plan: "What the plan promises",
  planLead: (period: string) => `A live WABA is looked at every ${period} at the latest.`,
  oldest: "Oldest proof of a live WABA",
  noneLive: "No WABA is live.",
  behind: "Most overdue look",
  onTime: "all on time",
  loss: "Loss",
  foundBy: "Found by",
  within: "At worst after",
  atOnce: "at once",
  situations: "How often a WABA is looked at",
  situation: "Situation, the first that matches",
  every: "Every",
  honest: "Time in which Meta, our token or our network gives no answer comes on top.",
};
