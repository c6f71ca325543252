/** The Hub's sentences about observe mode; `texts.observing` everywhere. */
export const observeTexts = {
  title: "Observe",
  lead: "What Sharekeeper would have done to the WABAs in observe mode.",
  period: "Within",
  periods: { "7": "7 days", "30": "30 days", "90": "90 days" },
  counts: {
    observed: "Observed now",
    observedHint: "Their messages are never stopped",
    closedNow: "Would be blocked now",
    closedNowHint: "Access lost, still sending",
    closings: "Would have been blocked",
    closingsHint: "Times, in this period",
    doubtful: "May be false alarms",
    doubtfulHint: "Of these",
  },
  messages: (accepted: number, refused: number) =>
    accepted + refused === 0
      ? "Nobody sent a message while sending would have been blocked."
      : `While sending would have been blocked, Meta accepted ${accepted.toLocaleString()} ${accepted === 1 ? "message" : "messages"} and refused ${refused.toLocaleString()}.`,
  messagesNote:
    "Sharekeeper would have blocked the accepted messages. It would have reported the refused ones at once.",
  cohorts: "Clients",
  cohortsLead: "The WABAs of a client are switched together.",
  columns: {
    client: "Client",
    observed: "Observed",
    closedNow: "Would be blocked now",
    closings: "Would have been blocked",
    doubtful: "False alarms?",
    act: "Switch",
  },
  enforce: "Enforce",
  enforceOf: (client: string) => `Enforce for ${client}`,
  more: "Show more",
  closings: "Would have been blocked",
  closingsLead: "Newest first.",
  all: "All",
  doubtful: "May be false alarms",
  onlyOf: (client: string) => `Show only ${client}`,
  clearClient: "Show all clients",
  lasts: "Ongoing",
  over: "Ended",
  closed: "Started",
  lasted: "Duration",
  lastsFor: "Duration so far",
  meta: "Messages at Meta",
  metaSilent: "none sent",
  metaWords: (accepted: number, refused: number) =>
    `${accepted.toLocaleString()} accepted, ${refused.toLocaleString()} refused`,
  doubt: {
    accepted: "May be a false alarm: Meta still accepted messages.",
    refuted: "May be a false alarm: the next check disproved the notice.",
  },
  enforcedNow: "Now enforced",
  numberOnly: "one number only",
  emptyTitle: "Every WABA is enforced",
  emptyDetail:
    "No WABA is in observe mode. To monitor without blocking, open a WABA and change its mode, for it alone or for all WABAs of its client.",
  emptyAction: "Open the WABAs",
  noClosingsTitle: "Nothing would have been blocked",
  noClosingsDetail: "No WABA in observe mode lost access in this period.",
  noDoubtTitle: "No false alarms",
  noDoubtDetail:
    "Meta accepted no message while sending would have been blocked, and no check disproved a notice.",
  default: "Observe mode is the default here (MODE). A client that you switch to enforce stays enforced.",
  dialog: {
    title: {
      enforce: (name: string) => `Enforce for ${name}?`,
      observe: (name: string) => `Monitor only: ${name}?`,
    },
    scope: "For",
    scopeWaba: "this WABA alone",
    scopeClient: (client: string) => `all WABAs of ${client} without a mode of their own`,
    none: "Nothing changes: every WABA of this client has its own mode.",
    wabas: (n: number) => (n === 1 ? "1 WABA is switched." : `${n.toLocaleString()} WABAs are switched.`),
    closes: (n: number) =>
      n === 0
        ? "No messages stop now: all of them have access."
        : n === 1
          ? "Messages of 1 WABA stop at once, and its client gets a re-share link."
          : `Messages of ${n.toLocaleString()} WABAs stop at once, and their clients get re-share links.`,
    opens: (n: number) =>
      n === 0
        ? "No messages are blocked now."
        : n === 1
          ? "Messages of 1 WABA resume at once. Meta then accepts or refuses them."
          : `Messages of ${n.toLocaleString()} WABAs resume at once. Meta then accepts or refuses them.`,
    thenEnforce:
      "From then on a loss stops messages, the client gets a re-share link, and subscriptions are repaired at Meta.",
    thenObserve:
      "From then on no messages are stopped, no client is contacted and nothing is written at Meta.",
    and: (n: number) => `and ${n} more`,
    confirm: { enforce: "Enforce", observe: "Monitor only" },
    done: { enforce: "Enforced from now on", observe: "Monitored only from now on" },
  },
};
