import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Alert, Session } from "../../api/types.ts";
import { renderHub } from "../../testing/render-hub.tsx";
import { AT, sampleAlert, sampleSession } from "../../testing/samples.ts";
import { Inbox } from "./AlertsPage.tsx";

function show(
  alerts: Alert[],
  {
    role,
    search = {},
  }: {
    role?: Session["actor"]["role"];
    search?: Parameters<typeof Inbox>[0]["search"];
  } = {},
) {
  const onSearch = vi.fn();
  const shown = renderHub(<Inbox search={search} onSearch={onSearch} />, {
    ...{ "GET /session": sampleSession(role), "GET /channels": { data: [] } },
    "GET /alerts": { data: alerts, has_more: false, next_cursor: null },
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

test("what is over says how long it lasted and offers nothing", async () => {
  const over = sampleAlert({ state: "resolved", ended_at: AT, lasted_s: 300 });
  show([over], { search: { state: "resolved" } });
  const row = await rowOf("Northwind removed our access");
  expect(row.getByText("5 min")).toBeDefined();
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
