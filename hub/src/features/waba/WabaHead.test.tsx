import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Waba } from "../../api/types.ts";
import { Refused, renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, lostWaba, sampleSession, sampleWaba } from "../../testing/samples.ts";
import { WabaHead } from "./WabaHead.tsx";

async function show(waba: Waba, answers: Answers = {}) {
  const shown = renderHub(<WabaHead waba={waba} />, { "GET /session": sampleSession(), ...answers });
  await screen.findByRole("button", { name: "More actions" });
  return shown;
}

/** The one action that is marked as the next step. */
const primary = (): string[] =>
  [...document.querySelectorAll("[data-variant=filled]")].map((each) => each.textContent ?? "");

async function choose(item: string): Promise<void> {
  fireEvent.click(screen.getByRole("button", { name: "More actions" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
}

test.each<[string, Waba, string]>([
  ["live: check", sampleWaba(), "Check now"],
  ["lost by the client: send the link", lostWaba(), "Send link to client"],
  ["found: adopt", sampleWaba({ status: "discovered" }), "Adopt this WABA"],
  ["closed by an operator: resume", sampleWaba({ status: "closed" }), "Resume messages"],
  [
    "our token: replace it",
    sampleWaba({ reason: "provider_token_invalid", who_must_act: "provider" }),
    "Replace the token",
  ],
  [
    "lost by us: the steps",
    lostWaba({ who_must_act: "provider", recovery: { methods: [{} as never] } }),
    "See how to fix it",
  ],
])("the next step is the primary action; %s", async (_, waba, name) => {
  await show(waba);
  expect(primary()).toEqual([name]);
});

test("a check says beside its button what it found", async () => {
  const waba = lostWaba();
  const { asked } = await show(waba, { [`POST /wabas/${waba.id}/check`]: sampleWaba() });
  fireEvent.click(screen.getByRole("button", { name: "Check now" }));
  expect(await screen.findByText(/BSP PERMISSION REMOVED → LIVE/)).toBeDefined();
  expect(asked.filter(({ request }) => request.startsWith("POST"))).toHaveLength(1);
});

test("a refused command says so at its place", async () => {
  const waba = sampleWaba({ status: "discovered" });
  await show(waba, { [`POST /wabas/${waba.id}/adopt`]: new Refused(409, { title: "Adopted already" }) });
  fireEvent.click(screen.getByRole("button", { name: "Adopt this WABA" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Adopted already");
});

test("messages are stopped with a reason, and the dialog stays while that is refused", async () => {
  const waba = sampleWaba();
  const { asked } = await show(waba, {
    [`POST /wabas/${waba.id}/close`]: new Refused(409, { title: "Closed already" }),
  });
  await choose("Stop messages");
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Why"), { target: { value: " unpaid invoice " } });
  fireEvent.click(dialog.getByRole("button", { name: "Stop messages" }));
  expect((await dialog.findByRole("alert")).textContent).toContain("Closed already");
  expect(asked.at(-1)).toEqual({
    request: `POST /wabas/${waba.id}/close`,
    body: { reason: "unpaid invoice" },
  });
});

test("offboarding asks first, and names who will stand in the timeline", async () => {
  const waba = sampleWaba();
  const { asked } = await show(waba, {
    [`POST /wabas/${waba.id}/offboard`]: sampleWaba({ status: "offboarded" }),
  });
  await choose("Offboard");
  const dialog = await screen.findByRole("dialog", { name: /Offboard .*Northwind Florist/ });
  expect(dialog.textContent).toContain("“Ada”");
  expect(asked.some(({ request }) => request.endsWith("/offboard"))).toBe(false);
  fireEvent.click(within(dialog).getByRole("button", { name: "Offboard" }));
  await expect.poll(() => asked.at(-1)?.request).toBe(`POST /wabas/${waba.id}/offboard`);
});

test("who may only look gets the links and no command", async () => {
  renderHub(<WabaHead waba={lostWaba()} />, { "GET /session": sampleSession("viewer") });
  expect(screen.getByRole("link", { name: "Open in Business Suite" })).toBeDefined();
  expect(screen.queryByRole("button", { name: "Check now" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Send link to client" })).toBeNull();
  expect(screen.getByText("The client has a re-share link. The role Support can send it.")).toBeDefined();
});

test("a client that asked for a link is answered in the strip that says so", async () => {
  const signals = { ...sampleWaba().client_signals, signal: "asked_fresh" as const, asked_for_link_at: AT };
  await show(lostWaba({ client_signals: signals }));
  expect(screen.getByText("The client asked for a new link")).toBeDefined();
  expect(screen.getByRole("button", { name: "Send it" })).toBeDefined();
});
