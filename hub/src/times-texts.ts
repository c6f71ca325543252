/** The words of "How fast" on the overview: the part of `texts` that goes with its charts. */
export const timesTexts = {
  title: "How fast",
  lead: "The last 30 days.",
  oldestProof: (age: string) => `Every live WABA was proven within the last ${age}.`,
  detection: "From a loss to the closed gate",
  resume: "From the repair to the open gate",
  noLoss: "No loss yet",
  noLossDetail: "The first one appears here with the time it took.",
  noRepair: "No repair yet",
  noRepairDetail: "As soon as a client shares again, the time to the open gate appears here.",
  detectionOf: { announced: "Announced by Meta", probed: "Found by looking" },
  resumeOf: { announced: "Announced by Meta or a signup", probed: "Found by looking" },
  one: (time: string, atMost: boolean) => (atMost ? `at most ${time}` : time),
  few: (half: string, all: string) =>
    half === all ? `all within ${all}` : `half within ${half}, all within ${all}`,
  many: (half: string, most: string) => `half within ${half}, 99 of 100 within ${most}`,
  noBound: (n: number) =>
    `${n} more found by looking had never been proven before: how long they were lost is not known.`,
  falseCloses: (n: number) =>
    n === 0
      ? "No gate was closed for nothing."
      : n === 1
        ? "1 gate was closed by a notice that the next proof refuted."
        : `${n} gates were closed by a notice that the next proof refuted.`,
  asTable: "As a table",
  honest:
    "Meta names the second, so up to one second may not be real. What was found by looking counts from the last answer to the contrary, so it is the most it can have been.",
  columns: { took: "Took" },
  upTo: (time: string) => `up to ${time}`,
  over: (time: string) => `over ${time}`,
  units: { ms: "ms", s: "s", min: "min", h: "h", day: "day", days: "days" },
};
