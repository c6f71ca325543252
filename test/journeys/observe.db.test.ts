/**
 * A fleet that only watches: nothing is closed, nobody is contacted, nothing is written at Meta, and a report
 * says what would have been done, so that a provider can compare before it enforces, cohort by cohort.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountUpdate, openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const NORTHWIND = { waba: "100000000000001", number: "200000000000001" };
const SIBLING = { waba: "100000000000002", number: "200000000000002" };
const LINDEN = { waba: "100000000000008", number: "200000000000009" };
const COPPER = { waba: "100000000000009", number: "200000000000010" };
const ALDER = "100000000000014";
const MILL = { waba: "100000000000012", number: "200000000000014" };
const FERN = { waba: "100000000000011", number: "200000000000013" };

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

const modeOf = (wabaId: string, mode: "observe" | "enforce" | null) =>
  app.api("PATCH", `/wabas/${wabaId}`, { mode });

interface Request {
  method: string;
  path: string;
}

/** Everything written at Meta about this WABA but messages: method and path. */
async function writesOn(wabaId: string): Promise<string[]> {
  const { data } = (await app.emulator("GET", "/journal?kind=requests")).body;
  return data
    .filter(({ method, path }: Request) => method !== "GET" && path.includes(wabaId))
    .map(({ method, path }: Request) => `${method} ${path}`);
}

const report = async (query = "") => (await app.api("GET", `/observe-report${query}`)).body;

describe("a WABA that is only observed", () => {
  test("loses its share: it is said so, and messages go to Meta all the same", async () => {
    expect((await modeOf(LINDEN.waba, "observe")).body.mode).toBe("observe");
    const writes = await writesOn(LINDEN.waba);
    const before = (await app.sentToMeta(LINDEN.number)).length;
    await app.act("partner.remove", { waba_id: LINDEN.waba });
    await app.untilStatus(LINDEN.waba, "permission_removed", "partner_removed");
    const waba = await app.check(LINDEN.waba);
    expect(waba).toMatchObject({ status: "permission_removed", mode: "observe", has_reshare_link: false });
    expect(waba.numbers[0].can_send).toBe(true);
    // H2: "can send" beside "something is preventing this number from working" would contradict itself.
    expect([waba.hub_error, waba.numbers[0].hub_error]).toEqual([null, null]);
    expect(waba.summary).toMatch(/Messages are still sent: this WABA is in observe mode\.$/);
    const reported = (await app.timeline(LINDEN.waba)).map(({ title }: { title: string }) => title);
    expect(reported).toContain("Messages would be stopped: this WABA is in observe mode");
    expect(reported).not.toContain("Messages are stopped");
    const answer = await app.send(LINDEN.number);
    expect(answer.headers.get("sharekeeper-refused")).toBeNull();
    expect(await app.sentToMeta(LINDEN.number)).toHaveLength(before + 1);
    expect(await writesOn(LINDEN.waba)).toEqual(writes);
  });

  test("makes no link for the client, now or after a restart", async () => {
    await app.restart();
    expect((await app.waba(LINDEN.waba)).has_reshare_link).toBe(false);
    expect(
      await app
        .database()
        .query(
          "select 1 from reshare_link where asset_id in (select owner_id from meta_id where meta_id = $1)",
          [LINDEN.waba],
        ),
    ).toEqual([]);
  });

  test("comes back by what is read, although a lost share asks for a passed write", async () => {
    const writes = await writesOn(LINDEN.waba);
    await app.act("partner.assign", { waba_id: LINDEN.waba });
    await app.untilStatus(LINDEN.waba, "unknown", "not_proven_while_observing", 30_000);
    // The client's share is back; our own system user has its access again by an administrator's hand.
    await assignByHand(LINDEN.waba);
    await app.untilStatus(LINDEN.waba, "live", null, 30_000);
    const [byHand, ...others] = (await writesOn(LINDEN.waba)).slice(writes.length);
    expect([byHand, others]).toEqual([`POST /v25.0/${LINDEN.waba}/assigned_users`, []]);
  });

  test("stands in the report: closed and opened, with the reason, and what Meta did meanwhile", async () => {
    const { value } = await until("messages are counted", async () => {
      const reported = await report();
      return reported.counts.refused_by_meta > 0 ? reported : undefined;
    });
    expect(value.counts).toMatchObject({
      observed: 1,
      closed_now: 0,
      would_have_closed: 1,
      would_have_opened: 1,
      accepted_by_meta: 0,
    });
    expect(
      value.data.map((step: Record<string, unknown>) => [
        step["waba_id"],
        step["decision"],
        step["status"],
        step["reason"],
      ]),
    ).toEqual([
      [LINDEN.waba, "open", "live", null],
      [LINDEN.waba, "close", "permission_removed", "partner_removed"],
    ]);
    const [newest, closing] = value.data;
    expect(closing).toMatchObject({
      mode: "observe",
      ended_at: newest.at,
      accepted_by_meta: 0,
      refused_by_meta: 1,
      refuted: false,
    });
    expect([newest.ended_at, newest.refused_by_meta]).toEqual([null, 0]);
    expect((await report("?decision=close")).data).toEqual([closing]);
    expect([value.counts.doubtful, (await report("?doubtful=true")).data]).toEqual([0, []]);
    const { id, name } = (await app.waba(LINDEN.waba)).client;
    expect((await report(`?client_id=${id}`)).data).toHaveLength(2);
    expect((await report("?client_id=cli_none")).data).toEqual([]);
    expect((await app.api("GET", "/observe-report/cohorts")).body.data).toEqual([
      { client: { id, name }, observed: 1, closed_now: 0, would_have_closed: 1, doubtful: 0 },
    ]);
    const later = await report(`?since=${new Date(Date.parse(newest.at) + 1).toISOString()}`);
    expect([later.data, later.counts.would_have_closed]).toEqual([[], 0]);
    const page = await report("?limit=1");
    expect([page.data, page.has_more]).toEqual([[newest], true]);
    const next = await report(`?limit=1&cursor=${page.next_cursor}`);
    expect(next.data.map((step: { decision: string }) => step.decision)).toEqual(["close"]);
  });

  test("its loss is no reason to write on another one's behalf, nor it for another's", async () => {
    const before = await writesOn(LINDEN.waba);
    await app.act("partner.reduce", { waba_id: COPPER.waba });
    await app.check(COPPER.waba);
    expect(await app.waba(COPPER.waba)).toMatchObject({ reason: "partial_control" });
    expect(await writesOn(LINDEN.waba)).toEqual(before);
  });
});

/** What an administrator of ours does at Meta: with our own token, past Sharekeeper. */
async function assignByHand(wabaId: string): Promise<void> {
  const state = (await app.emulator("GET", "/state")).body;
  const token = state.tokens.find(({ owner }: { owner: string }) => owner === "system_user").token;
  const user = state.system_users[0].id;
  const answer = await fetch(
    `${app.emulatorUrl()}/v25.0/${wabaId}/assigned_users?user=${user}&tasks=['MANAGE']`,
    { method: "POST", headers: { Authorization: `Bearer ${token}` } },
  );
  expect(answer.status).toBe(200);
}

describe("H2: a client that has repaired, while we only observe", () => {
  const link = async (): Promise<string> => {
    const { url } = (await app.api("POST", `/wabas/${MILL.waba}/reshare-links`, {})).body;
    return url;
  };
  const pageOf = async (url: string): Promise<string> =>
    (
      await fetch(url.replace(/^https?:\/\/[^/]+/, app.url()), { headers: { "Accept-Language": "en" } })
    ).text();

  test("is not blamed for the loss, nor asked to act, and no sentence promises a write", async () => {
    await modeOf(MILL.waba, "observe");
    await app.act("partner.remove", { waba_id: MILL.waba });
    await app.untilStatus(MILL.waba, "permission_removed", "partner_removed");
    const lostPage = await pageOf(await link());
    expect(lostPage).toContain("Access is missing");
    expect(lostPage).not.toContain("Messages have stopped");
    await app.act("partner.assign", { waba_id: MILL.waba });
    await app.untilStatus(MILL.waba, "unknown", "not_proven_while_observing", 30_000);
    const waba = await app.check(MILL.waba);
    expect(waba).toMatchObject({ who_must_act: "provider", hub_error: null, mode_pending: false });
    const control = waba.conditions.find(({ type }: { type: string }) => type === "FullControl");
    expect(control).toMatchObject({ status: "Unknown", reason: "not_proven_while_observing" });
    expect(waba.summary).toContain("cannot be proven while we only observe");
    expect(waba.recovery.methods.map(({ method }: { method: string }) => method)).toEqual([
      "assign_system_user",
      "enforce",
    ]);
    expect(JSON.stringify([waba.summary, waba.conditions])).not.toMatch(/removed 360dialog|We subscribe/);
    expect(JSON.stringify(waba.setup_checks)).not.toMatch(/with the next look/);
    const page = await pageOf(await link());
    expect(page).toContain("Access is back, we are checking");
    expect(page).not.toContain("Still to do");
    expect(page).not.toContain("Messages have stopped");
    expect(page).not.toContain("was removed from the partners");
  });

  test("is never refused a message at the switch: a probe that writes comes first, and finds it whole", async () => {
    const numbers = (await app.waba(MILL.waba)).numbers.map(
      ({ phone_number_id }: { phone_number_id: string }) => phone_number_id,
    );
    expect(numbers).toContain(MILL.number);
    const refused: (string | null)[] = [];
    const sendOnce = async (): Promise<void> =>
      void refused.push((await app.send(MILL.number)).headers.get("sharekeeper-refused"));
    await sendOnce();
    await modeOf(MILL.waba, "enforce");
    await sendOnce();
    const { value } = await until("it is live", async () => {
      await sendOnce();
      const waba = await app.waba(MILL.waba);
      return waba.status === "live" ? waba : undefined;
    });
    await sendOnce();
    expect(value.mode_pending).toBe(false);
    expect([...new Set(refused)]).toEqual([null]);
  });

  test("a partial share is shown by the read, and closes at the switch once a write has failed", async () => {
    await modeOf(MILL.waba, "observe");
    // So soon after a repair two bad probes are further apart.
    await app.advance(11 * 60_000);
    await app.act("partner.reduce", { waba_id: MILL.waba });
    expect(await app.check(MILL.waba)).toMatchObject({
      status: "permission_removed",
      reason: "partial_control",
    });
    expect((await app.send(MILL.number)).headers.get("sharekeeper-refused")).toBeNull();
    await modeOf(MILL.waba, "enforce");
    await until("it is refused", async () => {
      const answer = await app.send(MILL.number);
      return answer.headers.get("sharekeeper-refused") === "partial_control" ? true : undefined;
    });
    expect((await app.waba(MILL.waba)).has_reshare_link).toBe(true);
    const titles = (await app.timeline(MILL.waba)).map(({ title }: { title: string }) => title);
    expect(titles).toContain("Messages are stopped");
    await app.act("partner.assign", { waba_id: MILL.waba });
    await app.advance(6_000);
    await app.untilStatus(MILL.waba, "live", null, 30_000);
  });
});

describe("switching a cohort", () => {
  test("a dry run reports the effect and changes nothing", async () => {
    await modeOf(FERN.waba, "observe");
    await app.act("partner.remove", { waba_id: FERN.waba });
    await app.untilStatus(FERN.waba, "permission_removed");
    const { body } = await app.api("POST", "/modes", {
      mode: "enforce",
      waba_ids: [FERN.waba, NORTHWIND.waba],
      dry_run: true,
    });
    expect(body.counts).toEqual({ wabas: 2, closes: 1, opens: 0 });
    expect(body.data.find((step: { waba_id: string }) => step.waba_id === FERN.waba)).toMatchObject({
      before: "observe",
      after: "enforce",
      status: "permission_removed",
      gate: "closes",
    });
    expect((await app.waba(FERN.waba)).mode).toBe("observe");
  });

  test("from enforce on the loss closes: refused here, with the client's way back", async () => {
    const { body } = await app.api("POST", "/modes", { mode: "enforce", waba_ids: [FERN.waba] });
    expect(body.counts).toEqual({ wabas: 1, closes: 1, opens: 0 });
    const { value: refused } = await until("a probe has judged it", async () => {
      const answer = await app.send(FERN.number);
      return answer.headers.get("sharekeeper-refused") === null ? undefined : answer;
    });
    expect([refused.status, refused.body.error.error_data.reason]).toEqual([403, "partner_removed"]);
    expect(refused.body.error.error_data.reshare_url).toMatch(/\/reshare\//);
    expect((await app.waba(FERN.waba)).has_reshare_link).toBe(true);
  });

  test("back in observe mode messages flow again, and the record names who did it", async () => {
    await app.api("POST", "/modes", { mode: "observe", waba_ids: [FERN.waba] });
    expect((await app.send(FERN.number)).headers.get("sharekeeper-refused")).toBeNull();
    const entry = (await app.timeline(FERN.waba)).find(
      ({ title }: { title: string }) => title === "An operator changed how we use this WABA",
    );
    expect(entry).toMatchObject({
      kind: "command",
      source: "operator",
      detail: "mode",
      evidence: { mode: "observe" },
    });
  });

  test("of a client: all its WABAs but those with a mode of their own; one that has it no more follows its client", async () => {
    const client = (await app.waba(NORTHWIND.waba)).client.id;
    await modeOf(SIBLING.waba, "enforce");
    const { body } = await app.api("POST", "/modes", { mode: "observe", client_id: client });
    expect(body.data.map((step: { waba_id: string }) => step.waba_id)).toEqual([NORTHWIND.waba]);
    expect((await app.waba(NORTHWIND.waba)).mode).toBe("observe");
    expect((await app.waba(SIBLING.waba)).mode).toBe("enforce");
    expect((await modeOf(SIBLING.waba, null)).body.mode).toBe("observe");
  });

  test("says which of its inputs is wrong", async () => {
    const wrong = async (body: Record<string, unknown>) => {
      const answer = await app.api("POST", "/modes", body);
      return `${answer.status} ${answer.body.code}`;
    };
    expect(await wrong({ mode: "observe" })).toBe("400 invalid_request");
    expect(await wrong({ mode: "off", waba_ids: [FERN.waba] })).toBe("400 invalid_request");
    expect(await wrong({ mode: "observe", waba_ids: ["100000000009999"] })).toBe("404 waba_not_found");
    expect(await wrong({ mode: "observe", client_id: "cli_none" })).toBe("404 client_not_found");
    expect((await app.api("GET", "/observe-report?cursor=WyJvYnNlcnZlLXJlcG9ydCIsIngiXQ")).status).toBe(400);
  });
});

test("a webhook that the next probe refutes is shown as a closure that may be false", async () => {
  await modeOf(ALDER, "observe");
  // Long after any repair a removal that Meta announces closes at once.
  await app.advance(8 * 86_400_000);
  const { now } = (await app.emulator("POST", "/clock", {})).body;
  const time = Math.floor(Date.parse(now) / 1000);
  await app.webhook(accountUpdate(ALDER, "PARTNER_REMOVED", { time }));
  const { value } = await until("the refuted closing", async () => {
    const reported = await report("?doubtful=true");
    return reported.data.length > 0 ? reported : undefined;
  });
  expect([value.counts.doubtful, value.data.length]).toEqual([1, 1]);
  expect(value.data[0]).toMatchObject({ waba_id: ALDER, decision: "close", refuted: true });
  const { data } = (await app.api("GET", "/observe-report/cohorts")).body;
  expect(data.find(({ doubtful }: { doubtful: number }) => doubtful === 1)).toMatchObject({
    would_have_closed: 1,
  });
  const first = (await app.api("GET", "/observe-report/cohorts?limit=1")).body;
  const rest = (await app.api("GET", `/observe-report/cohorts?cursor=${first.next_cursor}`)).body;
  expect([...first.data, ...rest.data]).toEqual(data);
});
