import { testDatabase } from "./database.ts";
import { fleetIdOf, fleetSeed } from "./fleet-seed.ts";
import { openKeyring } from "../../src/credentials/open-keyring.ts";
import { saveConnection } from "../../src/directory/connection-store.ts";
import { startEmulator, type Emulator } from "../../src/emulator/start-emulator.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { createGraphClient, type GraphClient } from "../../src/meta/graph-client.ts";
import type { GraphReply } from "../../src/meta/graph-reply.ts";
import { advanceImports } from "../../src/onboarding/import/advance-imports.ts";
import type { ImportTotals } from "../../src/onboarding/import/import-plan.ts";
import { findImport, type WabaImport } from "../../src/onboarding/import/import-store.ts";
import { openImport, type RowWish } from "../../src/onboarding/import/open-import.ts";
import { recordTransitions } from "../../src/recovery/record-transitions.ts";
import type { VerifyDeps } from "../../src/sharing/probe/verify-share.ts";
import { discoverWabas } from "../../src/sharing/record/discover-wabas.ts";
import { META, SYSTEM } from "../../src/sharing/record/record-observation.ts";

export const FLEET = 1200;
export const US = {
  businessId: "734443296905665",
  appId: "600000000000001",
  systemUserId: "610000000000001",
  token: "EAAsystem",
};
const LINKS = { reshareLinkLifetimeMs: 86_400_000 };

export let emulator: Emulator;
let graph: GraphClient;
export let deps: VerifyDeps;
type Interceptor = (path: string, after: string | undefined, fields: string) => GraphReply | "dead" | null;

let interceptor: Interceptor | null = null;

/** From now on each question to Meta goes here first. `dead` kills the import at this question. */
export function intercept(next: Interceptor): void {
  interceptor = next;
}

/** A WABA that Meta names and nobody has adopted. */
export function discover(waba: string) {
  const wabas = [{ wabaId: waba, ownerBusinessId: null }];
  return discoverWabas(deps, { connectionId: "default", wabas, by: META });
}

/** Meta with its fleet; returns what stops it. For `beforeAll`. */
export async function startMeta(): Promise<() => Promise<void>> {
  emulator = await startEmulator({
    port: 0,
    seed: fleetSeed(FLEET),
    partnerBusinessId: US.businessId,
    appId: US.appId,
    appSecret: "secret",
    systemUserId: US.systemUserId,
    systemUserToken: US.token,
    verifyToken: "verify",
    callbackUrl: null,
    partnerName: "Provider",
  });
  graph = createGraphClient({
    graphUrl: emulator.url,
    graphVersion: "v25.0",
    clock: emulator.clock,
    appSecret: "secret",
  });
  return async () => {
    await graph.close();
    await emulator.stop();
  };
}

/** An empty database and its deps; returns what drops it. For `beforeEach`. */
export async function openDeps(): Promise<() => Promise<void>> {
  const database = await testDatabase();
  const { db } = database;
  interceptor = null;
  const intercepted: GraphClient = {
    ...graph,
    ask: async (request) => {
      const answer = interceptor?.(request.path, request.query?.after, request.query?.fields ?? "") ?? null;
      if (answer === "dead") throw new Error("killed");
      return answer ?? graph.ask(request);
    },
  };
  const random = seededRandom(1);
  const { clock } = emulator;
  const keyring = await openKeyring({ db, clock, random }, Buffer.alloc(32, 1));
  deps = {
    ...{ db, clock, random, keyring, sweepPeriodMs: 3_600_000, wake: () => undefined },
    accountOf: () => ({ connectionId: "default", ...US, graph: intercepted }),
    onTransitions: (tx, transitions) => recordTransitions({ random, ...LINKS }, tx, transitions),
  };
  const about = { partnerName: "Provider", publicUrl: null, mode: "enforce" } as const;
  const connection = { id: "default", ...US, graphVersion: "v25.0", ...about };
  await saveConnection(db, connection);
  return () => database.drop();
}

export const wabaId = (index: number): string => fleetIdOf("10", index);
export const named = (index: number, more: Partial<RowWish> = {}): RowWish => ({
  wabaId: wabaId(index),
  externalId: null,
  clientName: null,
  contact: null,
  ...more,
});

/** Runs the import to its end, as the loop would; after each kill it is continued. */
export async function run(wish: { rows?: RowWish[]; dryRun?: boolean; mode?: WabaImport["mode"] }) {
  const id = await openImport(deps, {
    ...{ connectionId: "default", more: false, by: SYSTEM },
    dryRun: wish.dryRun ?? false,
    mode: wish.mode ?? null,
    rows: wish.rows ?? null,
  });
  return finish(id);
}

export async function finish(id: string): Promise<WabaImport> {
  for (let step = 0; step < 100; step += 1) {
    await advanceImports(deps).catch((error: unknown) => {
      if ((error as Error).message !== "killed") throw error;
    });
    const at = await findImport(deps.db, id);
    if (at === undefined || at.endedAt !== null) break;
    await deps.db.query("update waba_import set next_step_at = $1 where next_step_at > $1", [
      new Date(deps.clock.now()),
    ]);
  }
  const over = await findImport(deps.db, id);
  if (over === undefined) throw new Error("The import is gone");
  return over;
}

export const countOf = async (table: string): Promise<number> =>
  Number((await deps.db.query<{ count: string }>(`select count(*) as count from ${table}`))[0]?.count);

export const totals = (some: Partial<ImportTotals>): ImportTotals => ({
  ...{ listed: 0, not_named: 0, imported: 0, adopted: 0, known: 0, invalid: 0 },
  ...some,
});

/** Meta refuses this question with this code. */
export function refusal(path: string, code: number, message: string): GraphReply {
  const at = deps.clock.now();
  const fault = { code, message, subcode: null, type: null, details: null, traceId: null };
  const asked = { request: { method: "GET", path, token: US.token }, askedAt: at, answeredAt: at };
  return { ...asked, kind: "refusal", status: 400, usage: null, fault } as unknown as GraphReply;
}
