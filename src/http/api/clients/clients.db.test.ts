import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { insertPerson } from "../../../access/person-store.ts";

let app: TestApp;
let path: string;
let other: { id: string };
beforeAll(async () => {
  app = await createTestApp();
  const { data } = (await app.ask("GET", "/api/v1/clients?limit=2")).body;
  path = `/api/v1/clients/${data[0].id}`;
  other = data[1];
  const person = { email: "paula@example.com", name: "Paula", clientId: null, state: "active" } as const;
  await insertPerson(app.database.db, { ...person, id: "usr_paula", role: "support", createdAt: 0 });
  await insertPerson(app.database.db, {
    ...{ ...person, id: "usr_cleo", role: "client", createdAt: 0 },
    ...{ email: "cleo@example.com", clientId: other.id },
  });
});
afterAll(() => app.stop());
beforeEach(async () => void (await edit({ contacts: [], tags: [], owner_id: null, external_id: null })));

const read = (headers: Record<string, string> = {}): Promise<Answer> =>
  app.ask("GET", path, undefined, { ...OURS, ...headers });
const edit = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  app.ask("PATCH", path, body, { ...OURS, ...headers });
const tagOf = (answer: Answer): string => answer.headers.get("etag") ?? "";

describe("a client", () => {
  test("keeps what the provider says of it; what is left out stays", async () => {
    const details = {
      language: "de",
      contacts: [{ name: "Ada", email: "ada@example.com", phone: "+15550190001", language: "es" }],
      tags: ["vip", "berlin"],
      owner_id: "usr_paula",
      external_id: "crm-77",
    };
    expect((await edit(details)).body).toMatchObject(details);
    expect((await edit({ tags: [" vip ", "vip"] })).body).toMatchObject({ ...details, tags: ["vip"] });
    expect((await read()).body).toMatchObject({ ...details, tags: ["vip"] });
  });

  test("the audit shows what an edit changed", async () => {
    await edit({ tags: ["audited"] });
    const [line] = await app.database.db.query(
      "select before, after from audit where action = 'client.updated' order by id desc limit 1",
    );
    expect(line).toMatchObject({ before: { tags: [] }, after: { tags: ["audited"] } });
  });

  test.each([
    ["a language that we do not have", { language: "xx" }, "language"],
    ["an address that is none", { contacts: [{ name: "Ada", email: "ada" }] }, "contacts.0.email"],
    ["a number without a country", { contacts: [{ name: "Ada", phone: "0170123" }] }, "contacts.0.phone"],
    ["a contact that cannot be reached", { contacts: [{ name: "Ada" }] }, "give an email or a phone"],
    ["a contact without a name", { contacts: [{ name: " ", email: "a@example.com" }] }, "contacts.0.name"],
    ["a contact with more", { contacts: [{ name: "Ada", email: "a@example.com", fax: "1" }] }, "fax"],
    ["tags that are not a list", { tags: "vip" }, "tags"],
    ["a tag with a comma", { tags: ["a,b"] }, "a tag holds no comma"],
    ["an empty tag", { tags: [""] }, "tags.0"],
    [
      "an owner who does not exist",
      { owner_id: "usr_nobody" },
      "no person of yours who can sign in has the id usr_nobody",
    ],
    [
      "an owner who is the client's",
      { owner_id: "usr_cleo" },
      "no person of yours who can sign in has the id usr_cleo",
    ],
    ["a field that is not offered", { name: "Acme" }, "name"],
  ])("refuses %s", async (_, body, fault) => {
    const refused = await edit(body);
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
    expect(refused.body.detail).toContain(fault);
  });

  test("keeps an owner who is suspended meanwhile, and takes no new one who is", async () => {
    const { db } = app.database;
    await edit({ owner_id: "usr_paula" });
    await db.query("update person set state = 'suspended' where id = 'usr_paula'");
    try {
      expect((await edit({ owner_id: "usr_paula", tags: ["kept"] })).status).toBe(200);
      expect((await edit({ owner_id: null })).status).toBe(200);
      const refused = await edit({ owner_id: "usr_paula" });
      expect([refused.status, refused.body.detail]).toEqual([
        ...[400, expect.stringContaining("no person of yours who can sign in has the id usr_paula")],
      ]);
    } finally {
      await db.query("update person set state = 'active' where id = 'usr_paula'");
    }
  });

  test("refuses an external id that another client has", async () => {
    expect((await app.ask("PATCH", `/api/v1/clients/${other.id}`, { external_id: "crm-9" })).status).toBe(
      200,
    );
    const refused = await edit({ external_id: "crm-9" });
    expect([refused.status, refused.body.code]).toEqual([409, "external_id_taken"]);
    expect(refused.body.detail).toContain(other.id);
  });

  test("that is not known is not found", async () => {
    for (const method of ["GET", "PATCH"]) {
      const answer = await app.ask(method, "/api/v1/clients/cli_none", method === "GET" ? undefined : {});
      expect([answer.status, answer.body.code]).toEqual([404, "client_not_found"]);
    }
  });
});

describe("the version of a client", () => {
  test("If-None-Match spares the answer as long as nothing has changed", async () => {
    const first = await read();
    const known = { "If-None-Match": tagOf(first) };
    const again = await read(known);
    expect([again.status, again.body, tagOf(again)]).toEqual([304, "", tagOf(first)]);
    await edit({ tags: ["new"] });
    expect((await read(known)).status).toBe(200);
  });

  test("a change that is not a person's shows too, and refuses no edit", async () => {
    const first = await read();
    await app.database.db.query("update client set name = name || ' Ltd'");
    expect((await read({ "If-None-Match": tagOf(first) })).status).toBe(200);
    expect((await edit({ tags: ["new"] }, { "If-Match": tagOf(first) })).status).toBe(200);
  });

  test("an edit of an older version changes nothing and says what to do", async () => {
    const first = tagOf(await read());
    const second = tagOf(await edit({ tags: ["one"] }, { "If-Match": first }));
    const refused = await edit({ tags: ["two"] }, { "If-Match": first });
    expect([refused.status, refused.body.code]).toEqual([412, "changed_meanwhile"]);
    expect(refused.body.detail).toContain("If-Match");
    expect((await read()).body.tags).toEqual(["one"]);
    expect((await edit({ tags: ["two"] }, { "If-Match": second })).status).toBe(200);
  });

  test("an edit that changes nothing is no new version", async () => {
    const first = await edit({ tags: ["same"] });
    expect(tagOf(await edit({ tags: ["same"] }))).toBe(tagOf(first));
  });

  test("of two writers at once one wins and the other is told", async () => {
    const seen = { "If-Match": tagOf(await read()) };
    const answers = await Promise.all(
      ["one", "two", "three", "four"].map((tag) => edit({ tags: [tag] }, seen)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await read()).body.tags).toEqual(winner?.body.tags);
  });

  test("without If-Match the last writer wins", async () => {
    const answers = await Promise.all(["one", "two"].map((tag) => edit({ tags: [tag] })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test("a header that is not a tag is refused", async () => {
    const refused = await edit({ tags: [] }, { "If-Match": "abc" });
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_request"]);
  });
});
