import { findOwnerId } from "../../src/directory/meta-id-store.ts";
import { verifyShare, type VerifyDeps } from "../../src/sharing/probe/verify-share.ts";
import { reconcileShared } from "../../src/sharing/reconcile/reconcile-shared.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import { randomOf } from "../simulation/random-source.ts";
import { createTestApp, type TestApp } from "../support/create-test-app.ts";
import { ANSWER_TARGET, type AnswerCase } from "./answer-target.ts";
import { faultOfText, MEMORY_LIMIT } from "./checks.ts";
import { fakeMeta, healthyAnswers, type Answers } from "./fake-meta.ts";
import type { Outcome } from "./run-fuzz.ts";
import { PLATFORM } from "./webhook-corpus.ts";

/**
 * Hostile answers through whole probes that are kept: names and numbers by Meta go to the database as well.
 */
export async function fuzzKept({ seed, count }: { seed: number; count: number }): Promise<Outcome> {
  const app = await createTestApp({ API_RATE_LIMIT: "0" });
  try {
    const assetId = await findOwnerId(app.database.db, "default", "waba", PLATFORM);
    if (assetId === undefined) throw new Error("The seeded world has no such WABA");
    const outcome: Outcome = { count: 0, cases: 0, findings: [] };
    for (let at = seed; outcome.count < count && outcome.findings.length < 5; at += 1) {
      const input = ANSWER_TARGET.make(randomOf(at));
      const fault = await faultOfKeeping(app, assetId, input, outcome.cases % 10 === 0);
      outcome.count += ANSWER_TARGET.sizeOf(input);
      outcome.cases += 1;
      if (fault !== null)
        outcome.findings.push({ target: "kept", seed: at, fault, story: ANSWER_TARGET.describe(input) });
      if (outcome.cases % 500 === 0) await app.database.db.query("delete from observation");
    }
    return outcome;
  } finally {
    await app.stop();
  }
}

async function faultOfKeeping(
  app: TestApp,
  assetId: string,
  input: AnswerCase,
  isAnnounced: boolean,
): Promise<string | null> {
  try {
    for (const probe of input.probes) {
      const { deps, account } = depsOver(app, { ...healthyAnswers(input.coexistence), ...probe });
      await verifyShare(deps, { assetId, trigger: "check" });
      if (probe.listing !== undefined) await reconcileShared(deps, account);
    }
    const asked = isAnnounced ? ["", "/timeline?limit=5"] : [];
    const answers = await Promise.all(
      asked.map((path) => app.ask("GET", `/api/v1/wabas/${PLATFORM}${path}`)),
    );
    const [waba] = answers;
    const bad = answers.find((answer) => answer.status !== 200);
    if (bad !== undefined) return `the API answers ${bad.status}`;
    const fault = faultOfText(JSON.stringify(waba?.body ?? null));
    if (fault !== null) return `the API shows ${fault}`;
    return await faultOfRow(app, assetId);
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 5).join(" ") : String(error)}`;
  }
}

function depsOver(app: TestApp, answers: Answers): { deps: VerifyDeps; account: MetaAccount } {
  const real = app.deps.accountOf("default");
  if (real === undefined) throw new Error("No account");
  const account = { ...real, graph: fakeMeta(answers, () => app.deps.clock.now()) };
  return { deps: { ...app.deps, accountOf: () => account }, account };
}

async function faultOfRow(app: TestApp, assetId: string): Promise<string | null> {
  const [row] = await app.database.db.query<{ record: number; names: number }>(
    `select length(share.record::text)::int as record,
      greatest(length(asset.name), length(client.name))::int as names
     from share join asset on asset.id = share.asset_id join client on client.id = asset.client_id
     where share.asset_id = $1`,
    [assetId],
  );
  if (row === undefined) return "the share is gone";
  if (row.record > MEMORY_LIMIT) return `the record has ${row.record} characters`;
  return row.names > 200 ? `a name has ${row.names} characters` : null;
}
