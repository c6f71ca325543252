import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Alert, Session } from "../../api/types.ts";
import { Refused, renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleAlert, sampleSession } from "../../testing/samples.ts";
import { useKeyboard } from "../../shell/keyboard.ts";
import { Inbox } from "./AlertsPage.tsx";

const ME = { id: "key-1", name: "Ada" };
const TAKEN = sampleAlert({ state: "acknowledged", acknowledged_at: AT, acknowledged_by: ME });

function WithKeys(props: Parameters<typeof Inbox>[0]) {
  useKeyboard();
  return <Inbox {...props} />;
}

function show(
  alerts: Alert[],
  {
    answers,
    role,
    search = {},
  }: {
    answers?: Answers;
    role?: Session["actor"]["role"];
    search?: Parameters<typeof Inbox>[0]["search"];
  } = {},
) {
  const onSearch = vi.fn();
  const shown = renderHub(<WithKeys search={search} onSearch={onSearch} />, {
    ...{ "GET /session": sampleSession(role), "GET /channels": { data: [] } },
    "GET /alerts": { data: alerts, has_more: false, next_cursor: null },
    ...answers,
  });
  return { ...shown, onSearch };
}

const rowOf = async (title: string) =>
  within((await screen.findByRole("link", { name: title })).closest("li") as HTMLElement);

test("a row says how grave, what, of whom, and how many more", async () => {
  const wabas = ["Ada's Bakery", "Café Luna", "Bo", "Cy"].map((name) => ({ id: name, name }));
  show([sampleAlert({ title: "201 clients removed our access", wabas, waba_count: 201 })]);
  const row = await rowOf("201 clients removed our access");
  expect(row.getByText("Critical")).toBeDefined();
  expect(row.getByRole("link", { name: "Café Luna" })).toBeDefined();
  expect(row.queryByRole("link", { name: "Bo" })).toBeNull();
  expect(row.getByText(/and 199 more/)).toBeDefined();
});

test("acknowledging shows at once, in the row, who is on it", async () => {
  const shown = show([sampleAlert()], { answers: { "POST /alerts/alr_1/acknowledge": TAKEN } });
  const row = await rowOf("Northwind removed our access");
  fireEvent.click(row.getByRole("button", { name: /^Acknowledge/ }));
  expect(await row.findByText(/Acknowledged by/)).toBeDefined();
  expect(row.queryByRole("button", { name: /^Acknowledge/ })).toBeNull();
  expect(shown.asked.map(({ request }) => request)).toContain("POST /alerts/alr_1/acknowledge");
  expect(document.activeElement?.textContent).toBe("Northwind removed our access");
});

test("a on the row that has the focus acknowledges it, and does nothing without a focus", async () => {
  const shown = show([sampleAlert()], { answers: { "POST /alerts/alr_1/acknowledge": TAKEN } });
  const row = await rowOf("Northwind removed our access");
  fireEvent.keyDown(document.body, { key: "a" });
  row.getByRole("link", { name: "Northwind removed our access" }).focus();
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "a" });
  expect(await row.findByText(/Acknowledged by/)).toBeDefined();
  expect(shown.asked.filter(({ request }) => request.startsWith("POST"))).toHaveLength(1);
});

test("a snooze until it gets worse is sent as such, and a refusal stands in the row", async () => {
  const refused = new Refused(409, { title: "The alert is over" });
  const shown = show([sampleAlert()], { answers: { "POST /alerts/alr_1/snooze": refused } });
  const row = await rowOf("Northwind removed our access");
  fireEvent.click(row.getByRole("button", { name: /^Snooze/ }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Until it gets worse" }));
  expect(await row.findByText("The alert is over")).toBeDefined();
  expect(shown.asked).toContainEqual({ request: "POST /alerts/alr_1/snooze", body: { until: "worse" } });
});

test("a chosen time is sent as an instant, and one in the past is not taken", async () => {
  const later = "2099-01-02T03:04";
  const answer = sampleAlert({ snoozed_until: new Date(later).toISOString() });
  const shown = show([sampleAlert()], { answers: { "POST /alerts/alr_1/snooze": answer } });
  fireEvent.click(await screen.findByRole("button", { name: /^Snooze/ }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Choose a time…" }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Until"), { target: { value: "2020-01-01T00:00" } });
  expect(dialog.getByRole<HTMLButtonElement>("button", { name: "Snooze" }).disabled).toBe(true);
  fireEvent.change(dialog.getByLabelText("Until"), { target: { value: later } });
  fireEvent.click(dialog.getByRole("button", { name: "Snooze" }));
  expect(await screen.findByText(/^Snoozed until/)).toBeDefined();
  expect(shown.asked).toContainEqual({
    request: "POST /alerts/alr_1/snooze",
    body: { until: new Date(later).toISOString() },
  });
});

test("whoever may only look is offered no act", async () => {
  show([sampleAlert()], { role: "viewer" });
  const row = await rowOf("Northwind removed our access");
  expect(row.queryByRole("button")).toBeNull();
});

test("what is over says how long it lasted and offers nothing", async () => {
  const over = sampleAlert({ state: "resolved", ended_at: AT, lasted_s: 300 });
  show([over], { search: { state: "resolved" } });
  const row = await rowOf("Northwind removed our access");
  expect(row.getByText("5 min")).toBeDefined();
  expect(row.queryByRole("button")).toBeNull();
});

test("filters are the address's: another state and a severity", async () => {
  const { onSearch } = show([sampleAlert()]);
  fireEvent.click(await screen.findByRole("button", { name: "Resolved" }));
  expect(onSearch).toHaveBeenCalledWith({ state: "resolved" });
  fireEvent.change(screen.getByLabelText("Severity"), { target: { value: "warning" } });
  expect(onSearch).toHaveBeenCalledWith({ severity: "warning" });
});

test("without alerts the page says so; an administrator without channels is led to the first", async () => {
  const { unmount } = show([], { role: "admin" });
  expect(await screen.findByRole("heading", { name: "Nothing fires" })).toBeDefined();
  expect(await screen.findByRole("link", { name: "Add a channel" })).toBeDefined();
  unmount();
  const viewer = show([], { role: "viewer" });
  expect(await screen.findByRole("heading", { name: "Nothing fires" })).toBeDefined();
  expect(viewer.asked.map(({ request }) => request)).not.toContain("GET /channels");
});
