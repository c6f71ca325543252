/** The Hub's sentences about watching without acting; `texts.observing` everywhere. */
export const observeTexts = {
  title: "Observe",
  lead: "What Sharekeeper would have done to the WABAs that it only watches.",
  period: "Within",
  periods: { "7": "7 days", "30": "30 days", "90": "90 days" },
  counts: {
    observed: "Observed now",
    observedHint: "No gate of these closes",
    closedNow: "Would be closed now",
    closedNowHint: "Lost, and not stopped",
    closings: "Would have closed",
    closingsHint: "Gates, in this time",
    doubtful: "May be false alarms",
    doubtfulHint: "Of these closings",
  },
  messages: (accepted: number, refused: number) =>
    accepted + refused === 0
      ? "Nobody sent a message while a gate would have been closed."
      : `While a gate would have been closed, Meta took ${accepted.toLocaleString()} ${accepted === 1 ? "message" : "messages"} and refused ${refused.toLocaleString()}.`,
  messagesNote: "What Meta took would have been stopped here. What it refused would have been told at once.",
  cohorts: "Cohorts",
  cohortsLead: "The WABAs of a client are switched together.",
  columns: {
    client: "Client",
    observed: "Observed",
    closedNow: "Would be closed now",
    closings: "Would have closed",
    doubtful: "False alarms?",
    act: "Switch",
  },
  enforce: "Enforce",
  enforceOf: (client: string) => `Enforce for ${client}`,
  more: "Show more",
  closings: "Would-be closings",
  closingsLead: "Newest first.",
  all: "All",
  doubtful: "May be false alarms",
  onlyOf: (client: string) => `Only the closings of ${client}`,
  clearClient: "Show all clients",
  lasts: "Lasts",
  over: "Over",
  closed: "Would have closed",
  lasted: "Lasted",
  lastsFor: "Lasts for",
  meta: "Meta meanwhile",
  metaSilent: "no message",
  metaWords: (accepted: number, refused: number) =>
    `took ${accepted.toLocaleString()}, refused ${refused.toLocaleString()}`,
  doubt: {
    accepted: "May be a false alarm: Meta still took messages.",
    refuted: "May be a false alarm: the next proof refuted the notice.",
  },
  enforcedNow: "Enforced by now",
  numberOnly: "one number only",
  emptyTitle: "Every WABA is enforced",
  emptyDetail:
    "Nothing is only observed. To watch without acting, open a WABA and change its mode, for it alone or for all WABAs of its client.",
  emptyAct: "Open the WABAs",
  noClosingsTitle: "Nothing would have been closed",
  noClosingsDetail: "In this time no observed WABA lost what it needs.",
  noDoubtTitle: "No closing looks like a false alarm",
  noDoubtDetail: "Meta took no message while a gate would have been closed, and no proof refuted a notice.",
  default: "This installation observes by default (MODE). A cohort that you switch to enforce keeps it.",
  dialog: {
    title: {
      enforce: (name: string) => `Enforce for ${name}?`,
      observe: (name: string) => `Only observe ${name}?`,
    },
    scope: "For",
    scopeWaba: "this WABA alone",
    scopeClient: (client: string) => `all WABAs of ${client} without a mode of their own`,
    none: "Nothing changes: no WABA of this cohort follows its client.",
    wabas: (n: number) => (n === 1 ? "1 WABA is switched." : `${n.toLocaleString()} WABAs are switched.`),
    closes: (n: number) =>
      n === 0
        ? "No gate closes at once: all of them stand."
        : n === 1
          ? "1 gate closes at once. Its messages stop, and its client gets a way back."
          : `${n.toLocaleString()} gates close at once. Their messages stop, and their clients get a way back.`,
    opens: (n: number) =>
      n === 0
        ? "No gate is closed now."
        : n === 1
          ? "1 gate opens at once: Meta alone then decides about its messages."
          : `${n.toLocaleString()} gates open at once: Meta alone then decides about their messages.`,
    thenEnforce:
      "From then on a loss stops messages, the client is led back, and subscriptions are mended at Meta.",
    thenObserve: "From then on no gate closes, no client is contacted and nothing is written at Meta.",
    and: (n: number) => `and ${n} more`,
    confirm: { enforce: "Enforce", observe: "Observe only" },
    done: { enforce: "Enforced from now on", observe: "Only observed from now on" },
  },
};
