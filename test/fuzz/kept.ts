import { findOwnerId } from "../../src/directory/directory-store.ts";
import { verifyShare, type VerifyDeps } from "../../src/sharing/probe/verify-share.ts";
import { walkListing } from "../../src/sharing/reconcile/reconcile-shared.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import { diceOf } from "../simulation/random-source.ts";
import { openHttpHouse, type HttpHouse } from "../support/http-app.ts";
import { ANSWER_TARGET, type AnswerCase } from "./answer-target.ts";
import { faultOfText, MEMORY_LIMIT } from "./checks.ts";
import { fakeMeta, healthyAnswers, type Answers } from "./fake-meta.ts";
import type { Outcome } from "./run-fuzz.ts";
import { PLATFORM } from "./webhook-corpus.ts";

/** Hostile answers through whole looks that are kept: what Meta said of names and numbers goes to the database as well. */
export async function fuzzKept({ seed, count }: { seed: number; count: number }): Promise<Outcome> {
  const house = await openHttpHouse();
  try {
    const assetId = await findOwnerId(house.database.db, "default", "waba", PLATFORM);
    if (assetId === undefined) throw new Error("The seeded world has no such WABA");
    const outcome: Outcome = { count: 0, cases: 0, findings: [] };
    for (let at = seed; outcome.count < count && outcome.findings.length < 5; at += 1) {
      const input = ANSWER_TARGET.make(diceOf(at));
      const fault = await faultOfKeeping(house, assetId, input, outcome.cases % 10 === 0);
      outcome.count += ANSWER_TARGET.sizeOf(input);
      outcome.cases += 1;
      if (fault !== null)
        outcome.findings.push({ target: "kept", seed: at, fault, story: ANSWER_TARGET.describe(input) });
      if (outcome.cases % 500 === 0) await house.database.db.query("delete from observation");
    }
    return outcome;
  } finally {
    await house.stop();
  }
}

async function faultOfKeeping(
  house: HttpHouse,
  assetId: string,
  input: AnswerCase,
  isTold: boolean,
): Promise<string | null> {
  try {
    for (const look of input.looks) {
      const { deps, account } = depsOver(house, { ...healthyAnswers(input.coexistence), ...look });
      await verifyShare(deps, { assetId, trigger: "check" });
      if (look.listing !== undefined) await walkListing(deps, account);
    }
    const asked = isTold ? ["", "/timeline?limit=5"] : [];
    const answers = await Promise.all(
      asked.map((path) => house.ask("GET", `/api/v1/wabas/${PLATFORM}${path}`)),
    );
    const [waba] = answers;
    const bad = answers.find((answer) => answer.status !== 200);
    if (bad !== undefined) return `the API answers ${bad.status}`;
    const fault = faultOfText(JSON.stringify(waba?.body ?? null));
    if (fault !== null) return `the API tells ${fault}`;
    return await faultOfRow(house, assetId);
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 5).join(" ") : String(error)}`;
  }
}

function depsOver(house: HttpHouse, answers: Answers): { deps: VerifyDeps; account: MetaAccount } {
  const real = house.deps.accountOf("default");
  if (real === undefined) throw new Error("No account");
  const account = { ...real, graph: fakeMeta(answers, () => house.deps.clock.now()) };
  return { deps: { ...house.deps, accountOf: () => account }, account };
}

async function faultOfRow(house: HttpHouse, assetId: string): Promise<string | null> {
  const [row] = await house.database.db.query<{ memory: number; names: number }>(
    `select length(share.memory::text)::int as memory, greatest(length(asset.name), length(client.name))::int as names
     from share join asset on asset.id = share.asset_id join client on client.id = asset.client_id where share.asset_id = $1`,
    [assetId],
  );
  if (row === undefined) return "the share is gone";
  if (row.memory > MEMORY_LIMIT) return `the memory has ${row.memory} characters`;
  return row.names > 200 ? `a name has ${row.names} characters` : null;
}
