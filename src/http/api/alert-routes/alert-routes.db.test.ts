import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const { db } = app.database;
  await db.query("insert into data_key (id, wrapped, created_at) values ('dk_test', '', now())");
  for (const id of ["chn_desk", "chn_boss"])
    await db.query(
      `insert into alert_channel (id, name, type, data_key_id, sealed, state, created_at, created_by)
       values ($1, $1, 'email', 'dk_test', '', 'enabled', now(), 'test')`,
      [id],
    );
});
afterAll(() => app.stop());

const PATH = "/api/v1/alert-routes";
const create = (body: object) => app.ask("POST", PATH, body);
const namesOf = async (): Promise<string[]> =>
  (await app.ask("GET", PATH)).body.data.map((route: { name: string; position: number }) =>
    [route.position, route.name].join(" "),
  );

test("routes are kept in the order that people give them", async () => {
  const { body: first } = await create({ name: "first" });
  const { body: second } = await create({ name: "second" });
  await create({ name: "front", position: 1 });
  expect(await namesOf()).toEqual(["1 front", "2 first", "3 second"]);
  const moved = await app.ask("PATCH", `${PATH}/${second.id}`, { position: 2 });
  expect([moved.status, moved.body.position]).toEqual([200, 2]);
  expect(await namesOf()).toEqual(["1 front", "2 second", "3 first"]);
  expect((await app.ask("DELETE", `${PATH}/${second.id}`)).status).toBe(204);
  expect(await namesOf()).toEqual(["1 front", "2 first"]);
  expect((await app.ask("GET", `${PATH}/${second.id}`)).body.code).toBe("alert_route_not_found");
  expect((await app.ask("GET", `${PATH}/${first.id}`)).body).toEqual({ ...first, position: 2 });
});

test("a route has all that it was given, and a change leaves the rest", async () => {
  const wish = {
    ...{ name: "On call", match: { rule: "share_lost", severity: "critical", tag: "vip" } },
    ...{ channel_ids: ["chn_desk"], pending_s: 10, keep_firing_s: 60, repeat_s: 3600 },
    quiet_hours: { from: "22:00", to: "07:00", time_zone: "Europe/Berlin" },
    ...{ escalate_after_s: 900, escalate_to: ["chn_boss"] },
  };
  const { body } = await create(wish);
  expect(body).toMatchObject(wish);
  const answer = await app.ask("PATCH", `${PATH}/${body.id}`, { quiet_hours: null, match: {} });
  expect(answer.body).toEqual({ ...body, quiet_hours: null, match: {} });
  const tag = answer.headers.get("etag") ?? "";
  const late = { "X-API-Key": "sandbox-admin-key", "If-Match": tag.replace(/\d+/, "1") };
  expect((await app.ask("PATCH", `${PATH}/${body.id}`, { name: "Late" }, late)).body.code).toBe(
    "changed_meanwhile",
  );
});

test.each<[string, object, string]>([
  ["a channel that is none", { channel_ids: ["chn_gone"] }, "channel_ids: chn_gone is no channel"],
  [
    ...(["an escalation that names nobody", { escalate_after_s: 900 }] as const),
    "escalate_to: name the channels that are told after escalate_after_s",
  ],
  [
    ...(["an escalation without a time", { escalate_to: ["chn_boss"] }] as const),
    "escalate_after_s: say after how many seconds escalate_to is told",
  ],
  ["a client that is none", { match: { client_id: "cli_gone" } }, "match.client_id: cli_gone is no client"],
  ["an owner who is nobody", { match: { owner_id: "usr_gone" } }, "match.owner_id: usr_gone is no person"],
  ["a rule that is none", { match: { rule: "share_gone" } }, "match.rule"],
  [
    ...([
      "a zone that is none",
      { quiet_hours: { from: "22:00", to: "07:00", time_zone: "Berlin" } },
    ] as const),
    "such as Europe/Berlin",
  ],
  [
    ...(["a time that is none", { quiet_hours: { from: "24:00", to: "07:00", time_zone: "UTC" } }] as const),
    "use a time of day from 00:00 to 23:59",
  ],
  [
    ...(["hours that never end", { quiet_hours: { from: "07:00", to: "07:00", time_zone: "UTC" } }] as const),
    "must differ",
  ],
  ["a repetition each second", { repeat_s: 1 }, "repeat_s"],
])("%s is refused, and the answer says why", async (_name, wish, why) => {
  const before = await namesOf();
  const answer = await create({ name: "wrong", ...wish });
  expect([answer.status, answer.body.code]).toEqual([400, "invalid_request"]);
  expect(answer.body.detail).toContain(why);
  expect(await namesOf()).toEqual(before);
});
