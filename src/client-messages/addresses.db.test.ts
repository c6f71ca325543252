/** Addresses that take no mail, that want none, and that ask for a fresh link. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../../test/support/create-test-app.ts";
import {
  app,
  beginMessages,
  contacts,
  history,
  loseAndSettle,
  mails,
  now,
  open,
  openMessengerApp,
  pass,
  restore,
  turn,
  WABA,
  wire,
} from "../../test/support/messenger-app.ts";
import { DAY, HOUR, MINUTE } from "../sharing/model/timings.ts";
import { sendFreshLink } from "./send-fresh-link.ts";

beforeAll(() => openMessengerApp());
afterAll(() => app?.stop());
beforeEach(beginMessages);

describe("an address", () => {
  const two = [
    { name: "Ada", email: "ada@example.com" },
    { name: "Bo", email: "bo@example.com" },
  ];

  test("that the mail server refuses is not written to again, and the next contact is told", async () => {
    await contacts(two);
    wire.answer = ({ to }) =>
      to.startsWith("ada")
        ? { outcome: "refused", isAddressAtFault: true, detail: "550 no such user", tookMs: 1 }
        : { outcome: "sent", detail: "250 OK", tookMs: 1 };
    await loseAndSettle();
    await turn();
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["ada@example.com", "bo@example.com"]);
    const byAddress = (await history()).toSorted((a, b) => a.to.localeCompare(b.to));
    expect(byAddress).toMatchObject([
      { state: "bounced", to: "ada@example.com", detail: "550 no such user" },
      { state: "sent", to: "bo@example.com", why: "address_bounced" },
    ]);
    await pass(DAY);
    await turn();
    expect(mails.at(-1)?.to).toBe("bo@example.com");
  });

  test("that nobody has is said once, and its client is told as soon as there is one", async () => {
    await contacts([{ name: "Ada", phone: "+15550190001" }]);
    await loseAndSettle();
    await turn();
    await pass(HOUR);
    await turn();
    expect(await history()).toMatchObject([
      { state: "dropped", to: null, detail: "No contact with an address." },
    ]);
    await contacts(two);
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["ada@example.com"]);
  });

  test("is corrected while its mail waits: the old one gets nothing", async () => {
    wire.answer = () => ({ outcome: "deferred", detail: "451", tookMs: 1 });
    await contacts([{ name: "Ada", email: "typo@example.com" }]);
    await loseAndSettle();
    await turn();
    await contacts(two);
    await pass(5 * MINUTE);
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["typo@example.com", "ada@example.com"]);
  });

  test("that bounces later is known from its report; the next contact is told", async () => {
    await contacts(two);
    await loseAndSettle();
    await turn();
    const message_id = `<${mails[0]?.id}@example.com>`;
    const bounce = { address: "ADA@example.com", message_id, type: "hard", detail: "mailbox unavailable" };
    expect((await app.ask("POST", "/api/v1/mail-bounces", bounce)).body).toEqual({ recorded: 1 });
    await turn();
    expect(mails.map(({ to }) => to)).toEqual(["ada@example.com", "bo@example.com"]);
    const foreign = { ...bounce, address: "nobody@example.com", message_id: null };
    expect((await app.ask("POST", "/api/v1/mail-bounces", foreign)).body).toEqual({ recorded: 0 });
  });

  test("is unsubscribed by one click: reminders end, the first message of a loss still comes", async () => {
    await loseAndSettle();
    await turn();
    const url = /<(.*)>/.exec(mails[0]?.headers?.["List-Unsubscribe"] ?? "")?.[1] ?? "";
    const path = url.slice(url.indexOf("/unsubscribe"));
    const shown = await app.ask("GET", `${path}?lang=en`, undefined, {});
    expect(String(shown.body)).toContain("Unsubscribe a…@example.com?");
    const isUnsubscribed = async (): Promise<boolean> =>
      (await app.database.db.query("select from mail_address where unsubscribed_at is not null")).length > 0;
    expect(await isUnsubscribed()).toBe(false);
    const click = { "Content-Type": "application/x-www-form-urlencoded" };
    const clicked = await app.ask("POST", path, "List-Unsubscribe=One-Click", click);
    expect([clicked.status, await isUnsubscribed()]).toEqual([200, true]);
    await pass(DAY);
    await turn();
    expect(await history()).toMatchObject([{ state: "dropped", kind: "reminder" }, { state: "sent" }]);
    await restore();
    await turn();
    await pass(2 * DAY);
    await loseAndSettle();
    await turn();
    expect(mails).toHaveLength(2);
    await app.ask("POST", `${path}/undo`, undefined, { Accept: "text/html" });
    expect(await isUnsubscribed()).toBe(false);
  });
});

describe("a fresh link", () => {
  const ask = (path: string): Promise<Answer> =>
    app.ask("POST", `${path}/fresh?lang=en`, undefined, { Accept: "text/html" });
  const asks = async () => (await history()).filter(({ kind }: { kind: string }) => kind === "fresh_link");

  test("goes to the address that the ended one went to, once in ten minutes", async () => {
    await loseAndSettle();
    await turn();
    const { body: old } = await app.ask("POST", `/api/v1/wabas/${WABA}/reshare-links`, {});
    const path = new URL(old.url).pathname;
    await app.database.db.query("update reshare_link set expires_at = $1", [new Date(now)]);
    wire.messenger = open();
    expect(String((await ask(path)).body)).toContain("We have told 360dialog");
    expect(await asks()).toEqual([]);
    await sendFreshLink({ ...app.deps, mailer: { isSetUp: true } }, { id: old.id, assetId: await assetId() });
    await sendFreshLink({ ...app.deps, mailer: { isSetUp: true } }, { id: old.id, assetId: await assetId() });
    expect(await asks()).toMatchObject([{ state: "pending", to: "Ada@example.com" }]);
    expect(String((await app.ask("GET", `${path}?asked=1&lang=en`, undefined, {})).body)).toContain(
      "We are sending it to A…@example.com.",
    );
    await turn();
    expect(mails.at(-1)?.text).toContain("/reshare/");
    expect(mails.at(-1)?.text).not.toContain(path);
    expect((await app.ask("GET", `/api/v1/wabas/${WABA}`)).body).toMatchObject({
      ...{ who_must_act: "client", client_signals: { asked_for_link_at: null } },
    });
  });

  test("goes to nobody who is no contact any more", async () => {
    await loseAndSettle();
    await turn();
    const { body: old } = await app.ask("POST", `/api/v1/wabas/${WABA}/reshare-links`, {});
    await contacts([{ name: "Bo", email: "bo@example.com" }]);
    await sendFreshLink({ ...app.deps, mailer: { isSetUp: true } }, { id: old.id, assetId: await assetId() });
    expect(await asks()).toEqual([]);
  });
});

const assetId = async (): Promise<string> => {
  const rows = await app.database.db.query<{ owner_id: string }>(
    "select owner_id from meta_id where meta_id = $1 and type = 'waba'",
    [WABA],
  );
  return rows[0]?.owner_id ?? "";
};
