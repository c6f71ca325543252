/** What people are told of this Sharekeeper itself, and of what Meta announces before messages fail. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const WABA = "100000000000001";

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

interface Alert {
  rule: string;
  state: string;
  title: string;
  wabas: { id: string }[];
  ended_at: string | null;
}

/** The newest alert of a rule, once it is in this state. */
const hears = async (rule: string, state: string): Promise<Alert> => {
  const { value } = await until(`${rule} ${state}`, async () => {
    const { body } = await app.api("GET", "/alerts");
    const [alert] = (body.data as Alert[]).filter((each) => each.rule === rule);
    return alert?.state === state ? alert : undefined;
  });
  return value;
};

const MINUTE = 60_000;

test("our token dies: one critical alert with the first probe that finds it, and no minute passes", async () => {
  await until("a first check", async () => {
    const { body } = await app.api("GET", "/connections");
    return body.data[0].webhook_checks.some(({ outcome }: { outcome: string }) => outcome === "token_lives")
      ? true
      : undefined;
  });
  await app.act("token.revoke", {});
  await app.api("POST", `/wabas/${WABA}/check`, {});
  expect(await hears("token_dead", "firing")).toMatchObject({
    severity: "critical",
    title: "Our access token is no longer valid",
    wabas: [],
  });
});

test("it lives again: the alert ends by itself, after it stayed well for a minute", async () => {
  await app.act("token.restore", {});
  await app.api("POST", `/wabas/${WABA}/check`, {});
  await until("the alert is over", async () => {
    await app.advance(MINUTE);
    const { body } = await app.api("GET", "/alerts?state=firing");
    return (body.data as Alert[]).every(({ rule }) => rule !== "token_dead") ? true : undefined;
  });
  expect(await hears("token_dead", "resolved")).toMatchObject({ ended_at: expect.any(String) });
});

test("Meta finds the quality of a number low, and in order again", async () => {
  await app.act("number.quality", { waba_id: WABA });
  await until("the webhook is read", async () => {
    await app.advance(MINUTE);
    const { body } = await app.api("GET", "/alerts?state=firing");
    return (body.data as Alert[]).some(({ rule }) => rule === "quality_low") ? true : undefined;
  });
  const alert = await hears("quality_low", "firing");
  expect(alert.title).toMatch(/^Meta finds the quality of a number of .+ low: \+\d+$/);
  expect(alert.wabas).toHaveLength(1);
  await app.act("number.quality", { waba_id: WABA, event: "UNFLAGGED" });
  await until("it is over", async () => {
    await app.advance(MINUTE);
    const { body } = await app.api("GET", "/alerts?state=resolved");
    return (body.data as Alert[]).some(({ rule }) => rule === "quality_low") ? true : undefined;
  });
});

test("a paused template is named, and stops no message", async () => {
  await app.act("template.status", { waba_id: WABA, message_template_name: "invoice_due" });
  await until("the webhook is read", async () => {
    await app.advance(MINUTE);
    const { body } = await app.api("GET", "/alerts?state=firing");
    return (body.data as Alert[]).some(({ rule }) => rule === "template_paused") ? true : undefined;
  });
  expect((await hears("template_paused", "firing")).title).toMatch(/paused the template invoice_due of/);
  const { body } = await app.api("GET", `/wabas/${WABA}`);
  expect(body.status).toBe("live");
});
