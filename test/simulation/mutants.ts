/** One fault planted in the sources: the code that stands there once, and its replacement. */
export interface Mutant {
  name: string;
  /** The rule of docs/reference/rules.md that it breaks. */
  rule: string;
  /** Under src/. */
  file: string;
  /** The layer that can show it. Faults of whole processes need the app; the default is the core. */
  layer?: "app";
  find: string;
  replace: string;
}

const NOTHING_OF_META = `means: { finding: "nothing", reason: "meta_unreachable", ours: false }`;

/** Faults that a hurried change could cause. The simulation or a law must catch each. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a 500 of Meta's counts as a removal",
    rule: "8",
    file: "sharing/evidence/evidence-table.ts",
    find: `isMetaError(reply.fault, "meta_fault")),\n    ${NOTHING_OF_META}`,
    replace: `isMetaError(reply.fault, "meta_fault")),\n    means: { finding: "out_of_reach" }`,
  },
  {
    name: "the control read is not asked: our dead token counts as a removal by the client",
    rule: "6",
    file: "sharing/evidence/judge-probe.ts",
    find: `if (control.finding === "stands")\n        return { verdict: "bad"`,
    replace: `if (control.finding !== null)\n        return { verdict: "bad"`,
  },
  {
    name: "a refused optional field is judged as the share",
    rule: "6, 8",
    file: "sharing/probe/probe-meta.ts",
    find: `ask(account, "GET", \`/\${wabaId}\`, { fields: "id" }),`,
    replace: `ask(account, "GET", \`/\${wabaId}\`, { fields: "id,name,owner_business_info,primary_funding_id,health_status" }),`,
  },
  {
    name: "a refused number list counts as empty",
    rule: "8",
    file: "sharing/evidence/judge-probe.ts",
    find: `return { numbers: Object.fromEntries(known), numbersComplete: false, kind: null };`,
    replace: `return { numbers: {}, numbersComplete: reply !== null, kind: null };`,
  },
  {
    name: "a right that our app lacks for one request counts as our dead token",
    rule: "6",
    file: "sharing/evidence/evidence-table.ts",
    find: `means: { finding: "nothing", reason: "request_refused", ours: true },`,
    replace: `means: { finding: "nothing", reason: "provider_token_invalid", ours: true },`,
  },
  {
    name: "a True answer refutes a hint however young it is",
    rule: "3",
    file: "sharing/rules/hint-fences.ts",
    find: `return hintsAgainst(draft, condition).every((hint) => isRefuted(draft, hint, askedAt));`,
    replace: `return true;`,
  },
  {
    name: "a swapped comparison in the fence",
    rule: "3, 4",
    file: "sharing/rules/hint-fences.ts",
    find: `return askedAt >= fenceOf(draft, hint);`,
    replace: `return askedAt <= fenceOf(draft, hint);`,
  },
  {
    name: "one bad probe closes without a hint",
    rule: "6",
    file: "sharing/rules/judge-fact.ts",
    find: `if (!hinted && !isSecond) {`,
    replace: `if (!hinted && !isSecond && probe.askedAt < 0) {`,
  },
  {
    name: "a stale reply from before a repair counts",
    rule: "1, 6",
    file: "sharing/rules/stale-replies.ts",
    find: `return answer.verdict === "bad" && record.repair !== null && probe.askedAt < record.repair.at;`,
    replace: `return false;`,
  },
  {
    name: "a webhook of a loss that was proven repaired since is admitted",
    rule: "2",
    file: "sharing/rules/observe-hint.ts",
    find: `(provenAt === null || provenAt - hint.at < STALE_HINT)`,
    replace: `(provenAt === null || hint.at > 0)`,
  },
  {
    name: "a webhook about another portfolio, app or solution closes",
    rule: "2",
    file: "sharing/evidence/hint.ts",
    find: `const foreign = foreignOf(notice, identity);`,
    replace: `const foreign = notice.entryId === "" ? foreignOf(notice, identity) : null;`,
  },
  {
    name: "an unrefuted suspect hint never closes",
    rule: "4",
    file: "sharing/rules/observe.ts",
    find: `    !hint.closed &&
    !hint.spared &&`,
    replace: `    hint.closed &&
    !hint.spared &&`,
  },
  {
    name: "a newer hint of the same kind counts as a repetition",
    rule: "1",
    file: "sharing/rules/observe-hint.ts",
    find: `if (seenAt !== undefined && hint.at <= seenAt) return;`,
    replace: `if (seenAt !== undefined && hint.at >= seenAt) return;`,
  },
  {
    name: "PARTNER_ADDED opens by itself",
    rule: "8",
    file: "sharing/rules/observe-hint.ts",
    find: `draft.repair = { at: now, how: "partner_added" };`,
    replace: `draft.repair = { at: now, how: "partner_added" };
      for (const name of ["Shared", "FullControl"] as const)
        draft.facts[name] = { ...draft.facts[name], status: "True", reason: "proven" };
      draft.hints = [];`,
  },
  {
    name: "a missing answer ends a loss",
    rule: "8",
    file: "sharing/rules/judge-fact.ts",
    find: `if (fact.status === "False" || failedCount < FAILED_PROBES) return counted;`,
    replace: `if (failedCount < FAILED_PROBES) return counted;`,
  },
  {
    name: "after a failed write a read proves full control",
    rule: "7",
    file: "sharing/rules/hint-fences.ts",
    find: `if (condition === "FullControl" && draft.write.mustPass && answer.byWrite !== true) return false;`,
    replace: ``,
  },
  {
    name: "a failed write counts although our own rights are gone",
    rule: "7",
    file: "sharing/probe/probe-meta.ts",
    find: `return { write, controlWrite: await writeElsewhere(account, order) };`,
    replace: `return { write, controlWrite: (await writeElsewhere(account, order)) === null ? null : "passed" };`,
  },
  {
    name: "no probe follows a hint",
    rule: "5",
    file: "sharing/rules/observe-hint.ts",
    find: `draft.write.wanted = true;
  addDueProbes(
    draft,
    HINT_PROBES.map((delay) => now + delay),
  );`,
    replace: `draft.write.wanted = true;`,
  },
  {
    name: "full control is written only once, never again",
    rule: "7",
    file: "sharing/rules/probe-plan.ts",
    find: `now - record.write.passedAt >= WRITE_EVERY`,
    replace: `now - record.write.passedAt < 0`,
  },
  {
    name: "while many WABAs fail together a bad probe counts",
    rule: "0003",
    file: "sharing/rules/observe-probe.ts",
    find: `if (probe.distrusted !== true || answer?.verdict !== "bad" || !isLosable(condition)) return false;`,
    replace: `if (probe.distrusted !== true || answer?.verdict !== "bad" || isLosable(condition)) return false;`,
  },
  {
    name: "a removed app counts as a dead token of ours",
    rule: "9",
    file: "sharing/evidence/client-evidence.ts",
    find: `    app: "app_uninstalled",\n    token: "none",`,
    replace: `    app: "none",\n    token: "provider_token_invalid",`,
  },
  {
    name: "a dead token of the client counts as a removed app",
    rule: "9",
    file: "sharing/evidence/client-evidence.ts",
    find: `    matches: ({ read }) => isRefusal(read, "token_invalid"),\n    app: "none",`,
    replace: `    matches: ({ read }) => isRefusal(read, "token_invalid"),\n    app: "app_uninstalled",`,
  },
  {
    name: "AppInstalled is not required where an operator chose the client's token",
    rule: "9",
    file: "sharing/model/partner-model.ts",
    find: `(condition === "AppInstalled" && terms.sendsWithClientToken)`,
    replace: `(condition === "AppInstalled" && terms.sendsWithClientToken && terms.partnerModel === undefined)`,
  },
  {
    name: "in a solution of several partners only MANAGE is full control",
    rule: "7",
    file: "sharing/evidence/task-sets.ts",
    find: `(model.control === "messaging_task" && tasks.includes("MESSAGING"))`,
    replace: `(model.control === "messaging_task" && tasks.includes("MANAGE"))`,
  },
  {
    name: "a grant without the right to send counts as full control",
    rule: "7",
    file: "sharing/evidence/control-evidence.ts",
    find: `if (grant === "may_send") return { verdict: "true", byWrite: true };`,
    replace: `if (grant === "may_send" || grant === "listed") return { verdict: "true", byWrite: true };`,
  },
  {
    name: "a client's token that no longer lists the WABA proves nothing",
    rule: "6",
    file: "sharing/evidence/judge-probe.ts",
    find: `if (grant === "not_listed") return sharedOf(waba, control);`,
    replace: ``,
  },
  {
    name: "in observe mode the read does not stand for the write",
    rule: "0004",
    file: "sharing/evidence/control-evidence.ts",
    find: `return observing ? { verdict: "true", byWrite: true } : { verdict: "true" };`,
    replace: `return { verdict: "true" };`,
  },
  {
    name: "a proof of one part of the permission opens, though another was announced as lost",
    rule: "8",
    file: "sharing/rules/hint-fences.ts",
    find: `if (!isPermission) return hintsOn(draft, condition);`,
    replace: `if (!isPermission || condition !== "Shared") return hintsOn(draft, condition);`,
  },
  {
    name: "a failed probe is repeated once more for each due probe",
    rule: "5",
    file: "sharing/rules/observe-probe.ts",
    find: `if (draft.dueProbes.every((instant) => instant > now + FAILED_REPEAT))\n    addDueProbes`,
    replace: `addDueProbes`,
  },
  {
    name: "in observe mode the gate closes",
    rule: "0004",
    file: "sharing/gate/verdict.ts",
    layer: "app",
    find: `return mode === "enforce" && (observing !== true`,
    replace: `return mode !== null && (mode !== null`,
  },
  {
    name: "in observe mode a probe writes at Meta",
    rule: "0004",
    file: "sharing/probe/verify-share.ts",
    layer: "app",
    find: `const mayWrite = share.record.adoption === "adopted" && asset.mode === "enforce";`,
    replace: `const mayWrite = share.record.adoption === "adopted";`,
  },
  {
    name: "in observe mode the client gets a link",
    rule: "0004",
    file: "recovery/record-transitions.ts",
    layer: "app",
    find: `isLost(after) && isNew && isEnforced(mode, after) && record`,
    replace: `isLost(after) && isNew && record`,
  },
  {
    name: "two instances claim the same probe",
    rule: "instances",
    file: "database/lease.ts",
    layer: "app",
    find: "or ${column} <= ${now} or",
    replace: "or ${column} >= ${now} or",
  },
  {
    name: "no number of WABAs is an incident",
    rule: "0003",
    file: "sharing/rules/incident.ts",
    layer: "app",
    find: `return troubled >= TROUBLE.opens.wabas && troubled`,
    replace: `return probed < 0 && troubled`,
  },
  {
    name: "an incident never ends",
    rule: "0003",
    file: "sharing/rules/incident.ts",
    layer: "app",
    find: `return troubled < TROUBLE.ends.wabas || troubled`,
    replace: `return probed < 0 || troubled`,
  },
  {
    name: "while many fail together no listing confirms a loss",
    rule: "0003",
    file: "sharing/rules/incident.ts",
    layer: "app",
    find: `absentAt >= incident.openedAt &&`,
    replace: `absentAt < incident.openedAt &&`,
  },
  {
    name: "a webhook without Meta's signature is accepted",
    rule: "2",
    file: "meta/signature.ts",
    layer: "app",
    find: `return matches.includes(true);`,
    replace: `return matches.length > 0;`,
  },
  {
    name: "Meta is answered 200 before the webhook is durable",
    rule: "inbox",
    file: "inbox/receive-webhook.ts",
    layer: "app",
    find: `await queue.add({ connectionId, receivedAt, dataKeyId, sealed });`,
    replace: `queue.add({ connectionId, receivedAt, dataKeyId, sealed }).catch(() => undefined);`,
  },
  {
    name: "a webhook is done before its notices are recorded",
    rule: "inbox",
    file: "sharing/record/record-hints.ts",
    layer: "app",
    find: `for (const wave of wavesOf(untold.map(seenOf))) await recordSeen(tx, deps, wave);`,
    replace: `for (const wave of wavesOf(untold.map(seenOf)))
      queueMicrotask(() => void deps.db.transaction((later) => recordSeen(later, deps, wave)).catch(() => undefined));`,
  },
  {
    name: "an ended loss stays open in the figures",
    rule: "figures",
    file: "sharing/episodes/record-episodes.ts",
    layer: "app",
    find: `if (ending !== undefined) await saveEnding`,
    replace: `if (ending?.outcome === "set_aside") await saveEnding`,
  },
  {
    name: "any answer under 200 to a half-open message is an acceptance",
    rule: "10",
    file: "messaging/gateway/meta-answer.ts",
    find: `return took === null ? { kind: "unclear" } : { kind: "accepted", took };`,
    replace: `return { kind: "accepted", took: took ?? "message" };`,
  },
  {
    name: "any JSON object under 200 to a half-open message is an acceptance",
    rule: "10",
    file: "messaging/gateway/meta-answer.ts",
    find: `return said.success === true ? "receipt" : null;`,
    replace: `return said.success !== false ? "receipt" : null;`,
  },
  {
    name: "an error under 200 to a half-open message is an acceptance",
    rule: "10",
    file: "messaging/gateway/meta-answer.ts",
    find: `(said.error !== undefined && said.error !== null)) return null;`,
    replace: `(said.error === undefined || said.error === null)) return null;`,
  },
];
