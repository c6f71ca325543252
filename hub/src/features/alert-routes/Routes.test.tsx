import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { AlertRoute, Session } from "../../api/types.ts";
import { Refused, renderHub, Tagged, type Answers } from "../../testing/render-hub.tsx";
import { sampleChannel, sampleRoute, sampleSession } from "../../testing/samples.ts";
import { Routes, RoutesPage } from "./RoutesPage.tsx";

const CHANNELS = [sampleChannel(), sampleChannel({ id: "chn_2", name: "The lead", type: "pagerduty" })];

function show(routes: AlertRoute[], answers: Answers = {}, role: Session["actor"]["role"] = "admin") {
  return renderHub(<Routes />, {
    ...{ "GET /session": sampleSession(role), "GET /channels": { data: CHANNELS } },
    ...{ "GET /alert-routes": { data: routes }, "GET /colleagues": { data: [] } },
    "GET /wabas": { data: [], has_more: false },
    ...answers,
  });
}
/** As it is read, without the marks that isolate names. */
const textOf = (element: Element | null | undefined): string =>
  (element?.textContent ?? "").replaceAll(/[\u2068\u2069]/g, "");

test("nobody below operator sees the page", async () => {
  renderHub(<RoutesPage />, { "GET /session": sampleSession("support") });
  expect(await screen.findByText(/Only operators and administrators/)).toBeDefined();
});

test("a route is read aloud, and the last row says what happens to everything else", async () => {
  show([
    sampleRoute({
      ...{ match: { severity: "critical", tag: "vip" }, channel_ids: ["chn_1"], repeat_s: 3600 },
      ...{ quiet_hours: { from: "22:00", to: "07:00", time_zone: "Europe/Berlin" } },
      ...{ escalate_after_s: 900, escalate_to: ["chn_2"] },
    }),
    sampleRoute({ id: "rte_2", name: "Old secrets", match: { rule: "secret_old" }, channel_ids: [] }),
  ]);
  await screen.findByText(/On call/);
  const [first, second, last] = screen.getAllByRole("listitem").map(textOf);
  expect(first).toContain("Critical alerts of WABAs tagged vip go to On call");
  expect(first).toContain("again every 1 h until somebody acknowledges them");
  expect(first).toContain("quiet from 22:00 to 07:00 (Europe/Berlin) unless critical");
  expect(first).toContain("and to The lead if nobody acknowledges them within 15 min.");
  expect(second).toContain("All alerts about “Secret old” stay in the Hub.");
  expect(last).toContain("Everything else");
  expect(last).toContain("Hub only.");
});

test("a route is moved by its buttons; the first does not go up, and the last not down", async () => {
  const routes = [sampleRoute(), sampleRoute({ id: "rte_2", name: "Warnings", position: 2 })];
  const shown = show(routes, { "PATCH /alert-routes/rte_1": routes[0] });
  const up = await screen.findByRole("button", { name: "Move Losses up" });
  expect(up.getAttribute("aria-disabled")).toBe("true");
  fireEvent.click(up);
  expect(screen.getByRole("button", { name: "Move Warnings down" }).getAttribute("aria-disabled")).toBe(
    "true",
  );
  fireEvent.click(screen.getByRole("button", { name: "Move Losses down" }));
  await screen.findByText("Warnings");
  expect(shown.asked.filter(({ request }) => request.startsWith("PATCH"))).toEqual([
    { request: "PATCH /alert-routes/rte_1", body: { position: 2 } },
  ]);
});

test("an operator reads the routes and is offered no act", async () => {
  show([sampleRoute()], {}, "operator");
  expect(await screen.findByText("Everything else")).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
});

test("without routes the page says what to do first; without channels it leads to these", async () => {
  show([], { "GET /channels": { data: [] } });
  expect(await screen.findByText(/First add a channel/)).toBeDefined();
  expect(await screen.findByRole("link", { name: "Add a channel" })).toBeDefined();
});

test("a route is added with a match, channels, a reminder and an escalation", async () => {
  const shown = show([], { "POST /alert-routes": sampleRoute() });
  fireEvent.click(await screen.findByRole("button", { name: "Add route" }));
  const form = within(await screen.findByRole("dialog", { name: "Add an alert route" }));
  const submit = form.getByRole<HTMLButtonElement>("button", { name: "Add route" });
  fireEvent.change(form.getByLabelText("Name"), { target: { value: "On call" } });
  fireEvent.change(form.getByLabelText("Severity"), { target: { value: "critical" } });
  fireEvent.change(form.getByLabelText("Tag"), { target: { value: "vip" } });
  fireEvent.click(form.getByLabelText(/On call/));
  fireEvent.change(form.getByLabelText("Remind"), { target: { value: "3600" } });
  fireEvent.change(form.getByLabelText("If nobody acknowledges it within"), { target: { value: "900" } });
  expect(submit.disabled).toBe(true);
  const escalation = within(form.getByRole("group", { name: "Escalate to" }));
  fireEvent.click(escalation.getByLabelText(/The lead/));
  fireEvent.click(submit);
  await screen.findByRole("heading", { name: "No alert routes yet" });
  expect(shown.asked).toContainEqual({
    request: "POST /alert-routes",
    body: {
      ...{ name: "On call", match: { severity: "critical", tag: "vip" }, channel_ids: ["chn_1"] },
      ...{ pending_s: null, keep_firing_s: null, repeat_s: 3600, quiet_hours: null },
      ...{ escalate_after_s: 900, escalate_to: ["chn_2"] },
    },
  });
});

test("a change begins from the newest version, and a colleague's change meanwhile is said", async () => {
  const refused = new Refused(412, { code: "changed_meanwhile" });
  const shown = show([sampleRoute()], {
    "GET /alert-routes/rte_1": new Tagged('"5-x"', sampleRoute()),
    "PATCH /alert-routes/rte_1": refused,
  });
  fireEvent.click(await screen.findByRole("button", { name: "More for Losses" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Change" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Change the alert route" }));
  fireEvent.change(await dialog.findByLabelText("Name"), { target: { value: "All losses" } });
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  expect(await dialog.findByText("Somebody changed it meanwhile")).toBeDefined();
  expect(shown.sent.find(({ method }) => method === "PATCH")?.headers.get("If-Match")).toBe('"5-x"');
});
