import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../../../../test/support/create-test-app.ts";
import {
  api,
  begin,
  bothEvents,
  finish,
  goOn,
  app,
  newcomer,
  openSignupApp,
  pass,
  signupOf,
} from "../../../../test/support/signup-app.ts";
import { saveWebhookCheck } from "../../../connection/webhook-check-store.ts";
import { insertIncident } from "../../../sharing/incidents/incident-store.ts";

const NO_COUNTS = { probed: 0, troubled: 0, mostTroubled: 0, confirmed: 0, endedAt: null, endedWhy: null };

beforeAll(openSignupApp, 60_000);
afterAll(() => app.stop());

describe("an invitation", () => {
  test("the invitation ends a day after the signup is ready, or when an operator ends it (S23)", async () => {
    const ready = async (): Promise<{ id: string; path: string }> => {
      const signup = await begin({});
      await bothEvents(signup, await finish(newcomer("Cedar")));
      await goOn();
      expect((await signupOf(signup.id)).state).toBe("ready");
      const link = await api("POST", `/signups/${signup.id}/invitation-link`, {});
      return { id: signup.id, path: new URL(link.body.url).pathname };
    };
    const open = (path: string): Promise<Answer> => app.ask("GET", path, undefined, {});
    const first = await ready();
    expect((await open(first.path)).status).toBe(200);
    await pass(24 * 3600);
    const ended = await open(first.path);
    expect(ended.status).toBe(410);
    expect(ended.body).toContain("This invitation has been used");
    expect((await open(`${first.path}/state`)).status).toBe(410);
    const second = await ready();
    expect((await api("POST", `/signups/${second.id}/abandon`, {})).body.state).toBe("ready");
    expect((await open(second.path)).status).toBe(410);
  });

  test("starts without a lamp, because nothing is wrong yet (L19)", async () => {
    const { url } = (await api("POST", "/signups", {})).body;
    const page = await app.ask("GET", new URL(url).pathname, undefined, {});
    expect(page.status).toBe(200);
    expect(page.body).toContain('data-stage="invited"');
    expect(page.body).not.toContain('class="lamp"');
  });

  test("an invitation warns of a dead token by the last check, without a call to Meta (E2, S12)", async () => {
    const { db, clock } = app.deps;
    const warned = async (): Promise<string[]> =>
      (await api("POST", "/signups", {})).body.warnings.map(({ code }: { code: string }) => code);
    const checked = (outcome: "token_dead" | "token_lives"): Promise<void> =>
      saveWebhookCheck(db, "default", {
        check: "token",
        outcome,
        detail: {},
        at: clock.now(),
        repairedAt: null,
      });
    await app.emulator.act({ action: "token.revoke" });
    expect(await warned()).toEqual([]);
    await checked("token_dead");
    expect(await warned()).toEqual(["token_dead"]);
    const incident = { id: "inc_token", connectionId: "default", openedAt: clock.now(), ...NO_COUNTS };
    await db.transaction((tx) =>
      insertIncident(tx, { ...incident, about: "provider", reason: "provider_token_invalid" }),
    );
    expect(await warned()).toEqual(["provider_token_invalid"]);
    await db.query("update incident set ended_at = now(), ended_why = 'recovered' where id = 'inc_token'");
    await checked("token_lives");
    await app.emulator.act({ action: "token.restore" });
    expect(await warned()).toEqual([]);
  });

  test("metadata has at most 50 names, and a limit for its total size (S23)", async () => {
    const names = (count: number, value: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`name${n}`, value]));
    const statusOf = async (metadata: object): Promise<number> =>
      (await api("POST", "/signups", { metadata })).status;
    expect(await statusOf(names(50, "x"))).toBe(200);
    expect(await statusOf(names(51, "x"))).toBe(400);
    expect(await statusOf(names(50, "x".repeat(1000)))).toBe(400);
    expect(await statusOf({ ["n".repeat(101)]: "x" })).toBe(400);
  });
});

test("a client's acts by an invitation are in the audit, without code, token or link (S11)", async () => {
  const signup = await begin({});
  const events = await finish(newcomer("Birch"));
  await bothEvents(signup, events);
  const link = await api("POST", `/signups/${signup.id}/invitation-link`, {});
  const path = new URL(link.body.url).pathname;
  await app.ask("POST", `${path}/signup`, { type: "begun" }, {});
  const rows = await app.deps.db.query("select * from audit order by id");
  expect(rows).toContainEqual(
    expect.objectContaining({ actor: "client", action: "signup.event_recorded", target_id: signup.id }),
  );
  const text = JSON.stringify(rows);
  for (const secret of [path.slice("/onboard/".length), app.config.metaSystemUserToken, "sandbox-admin-key"])
    expect(text).not.toContain(secret);
  expect(text).not.toMatch(/"(code|pin|token|api_key)":/);
});
