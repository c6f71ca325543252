import { expect } from "vitest";
import { findOwnerId } from "../../src/directory/meta-id-store.ts";
import type { GraphReply, GraphRequest } from "../../src/meta/graph-reply.ts";
import { advanceSignups } from "../../src/onboarding/signup/advance-signups.ts";
import { beginAttempt } from "../../src/onboarding/signup/begin-attempt.ts";
import { openSignup } from "../../src/onboarding/signup/open-signup.ts";
import type { SignupDeps } from "../../src/onboarding/signup-deps.ts";
import type { SignupFlow } from "../../src/onboarding/signup-terms.ts";
import { processInbox } from "../../src/sharing/record/process-inbox.ts";
import { findShare } from "../../src/sharing/record/share-store.ts";
import { createTestApp, type Answer, type TestApp } from "./create-test-app.ts";

/**
 * A test app whose clock stands still between two steps, with the actions of people who sign up. One for each
 * test file.
 */
export let app: TestApp;

export async function openSignupApp(): Promise<TestApp> {
  app = await createTestApp();
  await control("/clock", { mode: "frozen" });
  return app;
}

export const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.ask(method, `/api/v1${path}`, body);
export const wabaOf = async (id: string) => (await api("GET", `/wabas/${id}`)).body;
export const signupOf = async (id: string) => (await api("GET", `/signups/${id}`)).body;
export const db = () => app.database.db;
export const pass = (seconds: number): Promise<unknown> => control("/clock", { advance_ms: seconds * 1000 });

async function control(path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { "Content-Type": "application/json" };
  const sent = { method: "POST", body: JSON.stringify(body), headers };
  const answer = await fetch(`${app.emulator.url}/_emulator${path}`, sent);
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Record<string, unknown>;
}

export const setKnobs = (knobs: object): Promise<unknown> => control("/knobs", knobs);

/** The person finishes Meta's dialog, without its screens. */
export async function finish(choice: object): Promise<Finished> {
  return (await control("/signup", { silent: true, ...choice })) as unknown as Finished;
}

interface Finished {
  code: string;
  event: { data: Record<string, unknown> };
  waba_id: string;
  business_id: string;
  phone_number_id: string;
}

export interface Begun {
  id: string;
  attempt: string;
}

export async function begin(wish: object): Promise<Begun> {
  const created = await api("POST", "/signups", wish);
  expect(created.status).toBe(200);
  return beginAgain(created.body.id);
}

export async function beginAgain(id: string): Promise<Begun> {
  const begun = await api("POST", `/signups/${id}/events`, { type: "begun" });
  expect(begun.status).toBe(200);
  return { id, attempt: begun.body.attempt_id };
}

export const signupEvent = (signup: Begun, sent: object): Promise<Answer> =>
  api("POST", `/signups/${signup.id}/events`, { attempt_id: signup.attempt, ...sent });

export async function bothEvents(
  signup: Begun,
  { code, event }: { code: string; event: object },
): Promise<void> {
  await signupEvent(signup, { type: "session", message: event });
  await signupEvent(signup, { type: "code", code });
}

export async function goOn(deps: SignupDeps = app.signups): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await advanceSignups(deps);
    await pass(6);
  }
}

export async function lose(wabaId: string, action = "partner.remove"): Promise<void> {
  await app.emulator.act({ action, waba_id: wabaId, silent: true });
  for (let probe = 0; probe < 3; probe += 1) {
    await pass(31);
    await api("POST", `/wabas/${wabaId}/check`, {});
  }
  expect((await wabaOf(wabaId)).status).toBe("permission_removed");
}

export async function assetOf(wabaId: string): Promise<string> {
  const id = await findOwnerId(db(), "default", "waba", wabaId);
  if (id === undefined) throw new Error(`${wabaId} is unknown here`);
  return id;
}

export async function recordOf(wabaId: string) {
  const share = await findShare(db(), await assetOf(wabaId));
  if (share === undefined) throw new Error("no share");
  return share.record;
}

export async function requestsTo(ending: string): Promise<number> {
  const answer = await fetch(`${app.emulator.url}/_emulator/journal?kind=requests`);
  const { data } = (await answer.json()) as { data: { path: string }[] };
  return data.filter((line) => line.path.endsWith(ending)).length;
}

export const secretsOf = (ownerId: string): Promise<{ name: string; sealed: Buffer }[]> =>
  db().query("select name, sealed from secret where owner_id = $1", [ownerId]);

type Asked = (request: GraphRequest, ask: () => Promise<GraphReply>) => Promise<GraphReply>;

/** The way to Meta with somebody in between. */
export function through(asked: Asked): SignupDeps {
  const account = app.signups.accountOf("default");
  if (account === undefined) throw new Error("no account");
  const ask = (request: GraphRequest): Promise<GraphReply> =>
    asked(request, () => account.graph.ask(request));
  return { ...app.signups, accountOf: () => ({ ...account, graph: { ...account.graph, ask } }) };
}

/** Meta's signed notice, taken in at once. */
export async function tell(wabaId: string, value: object): Promise<void> {
  const time = Math.floor(app.deps.clock.now() / 1000);
  const { metaAppId: appId, partnerBusinessId: businessId } = app.config;
  const waba = { waba_id: wabaId, solution_partner_business_ids: [businessId] };
  const entry = [
    { id: businessId, time, changes: [{ field: "account_update", value: { waba_info: waba, ...value } }] },
  ];
  const body = JSON.stringify({ object: "whatsapp_business_account", entry });
  const headers = { "X-Hub-Signature-256": app.sign(body) };
  expect((await fetch(`${app.url}/webhooks/meta`, { method: "POST", body, headers })).status).toBe(200);
  await processInbox({
    ...app.signups,
    identityOf: () => ({ appId, businessId }),
    processingFailed: (_id, error) => expect(error).toBeNull(),
  });
}

let newcomerCount = 0;
export function newcomer(name: string): object {
  newcomerCount += 1;
  const phone = { display_phone_number: `+1 555 77${String(10000 + newcomerCount)}`, verified_name: name };
  return { new_business: { name }, new_waba: { name }, new_phone: phone };
}

export async function openDirectly(flow: SignupFlow): Promise<void> {
  const wish = {
    connectionId: "default",
    expectedAssetId: null,
    linkId: null,
    flow,
    clientChoosesFlow: false,
    externalId: null,
    metadata: {},
    returnUrls: {},
    language: null,
  };
  const opened = await openSignup(app.signups, { wish, actor: "test" });
  if (opened.kind !== "opened") throw new Error(opened.kind);
  await beginAttempt(app.signups, opened.signup);
}
