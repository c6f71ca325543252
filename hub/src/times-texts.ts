/** The sentences of "Detection and recovery times" on the overview; `texts.times` everywhere. */
export const timesTexts = {
  title: "Detection and recovery times",
  lead: "The last 30 days.",
  oldestProof: (age: string) => `Every live WABA was verified within the last ${age}.`,
  detection: "Detection: from removal to sending blocked",
  resume: "Recovery: from repair to sending resumed",
  noLoss: "No loss yet",
  noLossDetail: "The first loss appears here with its detection time.",
  noRepair: "No repair yet",
  noRepairDetail: "When a client shares again, the recovery time appears here.",
  detectionOf: { announced: "By webhook", probed: "By our check" },
  resumeOf: { announced: "By webhook or signup", probed: "By our check" },
  one: (time: string, atMost: boolean) => (atMost ? `at most ${time}` : time),
  few: (median: string, max: string) => (median === max ? `at most ${max}` : `median ${median}, max ${max}`),
  many: (median: string, p99: string) => `median ${median}, 99 % within ${p99}`,
  noBound: (n: number) =>
    `${n} more, found by our check, had never been verified before. Their detection time is not known.`,
  falseCloses: (n: number) =>
    n === 0
      ? "No false closures."
      : n === 1
        ? "1 false closure: the next check disproved the notice."
        : `${n} false closures: the next check disproved the notice.`,
  asTable: "Show as table",
  honest:
    "Meta reports whole seconds, so times may be up to one second off. Losses found by our check count from the last successful check, so their times are upper limits.",
  columns: { took: "Took" },
  upTo: (time: string) => `up to ${time}`,
  over: (time: string) => `over ${time}`,
  units: { ms: "ms", s: "s", min: "min", h: "h", day: "day", days: "days" },
};
