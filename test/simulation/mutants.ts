/** One fault planted in the heart: what stands there, once, and what is put in its place. */
export interface Mutant {
  name: string;
  /** The rule of CONTRACT section 5 that it breaks. */
  rule: string;
  /** Under src/sharing. */
  file: string;
  find: string;
  replace: string;
}

const NOTHING_OF_META = `means: { finding: "nothing", reason: "meta_unreachable", ours: false }`;

/** Faults that a hurried change could bring in. Each must be caught by the simulation or by a law. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a 500 of Meta's counts as a removal",
    rule: "8",
    file: "evidence.ts",
    find: `[1, 2, 131000, 131016, 131057].includes(reply.fault.code ?? -1)),\n    ${NOTHING_OF_META}`,
    replace: `[1, 2, 131000, 131016, 131057].includes(reply.fault.code ?? -1)),\n    means: { finding: "out_of_reach" }`,
  },
  {
    name: "the control read is not asked: our dead token accuses the client",
    rule: "6",
    file: "judge-look.ts",
    find: `if (control.finding === "stands") return { verdict: "bad"`,
    replace: `if (control.finding !== null) return { verdict: "bad"`,
  },
  {
    name: "a True answer refutes a hint however young it is",
    rule: "3",
    file: "observe-look.ts",
    find: `return hintsOn(draft, condition).every((hint) => isRefuted(draft, hint, askedAt));`,
    replace: `return true;`,
  },
  {
    name: "a swapped comparison in the fence",
    rule: "3, 4",
    file: "observe-look.ts",
    find: `return askedAt >= fenceOf(draft, hint);`,
    replace: `return askedAt <= fenceOf(draft, hint);`,
  },
  {
    name: "one bad look closes without a hint",
    rule: "6",
    file: "observe-look.ts",
    find: `if (!hinted && !isSecond) {`,
    replace: `if (!hinted && !isSecond && look.askedAt < 0) {`,
  },
  {
    name: "a late answer from before a repair counts",
    rule: "1, 6",
    file: "late-answers.ts",
    find: `return answer.verdict === "bad" && memory.repair !== null && look.askedAt < memory.repair.at;`,
    replace: `return false;`,
  },
  {
    name: "a webhook of a loss that was proven mended since is admitted",
    rule: "2",
    file: "observe-hint.ts",
    find: `(provenAt === null || provenAt - hint.at < STALE_HINT)`,
    replace: `(provenAt === null || hint.at > 0)`,
  },
  {
    name: "a webhook about another portfolio, app or solution closes",
    rule: "2",
    file: "hint.ts",
    find: `const foreign = foreignOf(notice, identity);`,
    replace: `const foreign = notice.entryId === "" ? foreignOf(notice, identity) : null;`,
  },
  {
    name: "an unrefuted suspicion never closes",
    rule: "4",
    file: "observe.ts",
    find: `    !hint.closed &&
    !hint.spared &&`,
    replace: `    hint.closed &&
    !hint.spared &&`,
  },
  {
    name: "a newer hint of the same kind is taken for a repetition",
    rule: "1",
    file: "observe-hint.ts",
    find: `if (seenAt !== undefined && hint.at <= seenAt) return;`,
    replace: `if (seenAt !== undefined && hint.at >= seenAt) return;`,
  },
  {
    name: "PARTNER_ADDED opens by itself",
    rule: "8",
    file: "observe-hint.ts",
    find: `draft.repair = { at: now, how: "partner_added" };`,
    replace: `draft.repair = { at: now, how: "partner_added" };
      for (const name of ["Shared", "FullControl"] as const)
        draft.facts[name] = { ...draft.facts[name], status: "True", reason: "proven" };
      draft.hints = [];`,
  },
  {
    name: "silence forgets a loss",
    rule: "8",
    file: "observe-look.ts",
    find: `if (fact.status === "False" || failedCount < FAILED_LOOKS) return counted;`,
    replace: `if (failedCount < FAILED_LOOKS) return counted;`,
  },
  {
    name: "after a failed write a read proves full control",
    rule: "7",
    file: "observe-look.ts",
    find: `if (condition === "FullControl" && draft.write.mustPass && answer.byWrite !== true) return false;`,
    replace: ``,
  },
  {
    name: "a failed write counts although our own rights are gone",
    rule: "7",
    file: "look-at-meta.ts",
    find: `return { write, controlWrite: (await passesElsewhere(account, order)) ? "passed" : "failed" };`,
    replace: `return { write, controlWrite: (await passesElsewhere(account, order)) ? "passed" : "passed" };`,
  },
  {
    name: "no look follows a hint",
    rule: "5",
    file: "observe-hint.ts",
    find: `draft.write.wanted = true;
  addDueLooks(
    draft,
    HINT_LOOKS.map((delay) => now + delay),
  );`,
    replace: `draft.write.wanted = true;`,
  },
  {
    name: "full control is written only once, never again",
    rule: "7",
    file: "look-plan.ts",
    find: `now - memory.write.passedAt >= WRITE_EVERY`,
    replace: `now - memory.write.passedAt < 0`,
  },
];
