import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { WabaFilters } from "../../api/queries.ts";
import { renderHub } from "../../testing/render-hub.tsx";
import { sampleOverview } from "../../testing/samples.ts";
import { FilterBar } from "./FilterBar.tsx";

function show(filters: WabaFilters) {
  const onChange = vi.fn<(change: WabaFilters) => void>();
  renderHub(<FilterBar filters={filters} onChange={onChange} />, { "GET /overview": sampleOverview() });
  return onChange;
}

test("the views carry their counts, and the one in use is pressed", async () => {
  show({ broken: "true" });
  const views = within(screen.getByRole("group", { name: "Views" }));
  expect(await views.findByRole("button", { name: /^All\s*12$/ })).toBeDefined();
  expect(views.getByRole("button", { pressed: true }).textContent).toBe("Not live5");
});

test("a view replaces what another view has set", () => {
  const onChange = show({ broken: "true", who_must_act: "client" });
  fireEvent.click(screen.getByRole("button", { name: /^Live/ }));
  expect(onChange).toHaveBeenCalledExactlyOnceWith({
    status: "live",
    broken: undefined,
    who_must_act: undefined,
  });
});

test("several states can be chosen, one by one", async () => {
  const onChange = show({ status: "live" });
  fireEvent.click(screen.getByRole("button", { name: /^Status/ }));
  const states = within(await screen.findByRole("group", { name: "Status" }));
  expect(states.getByRole<HTMLInputElement>("checkbox", { name: "LIVE" }).checked).toBe(true);
  fireEvent.click(states.getByRole("checkbox", { name: "DISABLED" }));
  expect(onChange).toHaveBeenCalledExactlyOnceWith({ status: "live,disabled" });
});

test("of the kinds one is chosen, or any", async () => {
  const onChange = show({ kind: "platform" });
  fireEvent.click(screen.getByRole("button", { name: /^Kind/ }));
  const kinds = within(await screen.findByRole("group", { name: "Kind" }));
  fireEvent.click(kinds.getByRole("radio", { name: "Any" }));
  expect(onChange).toHaveBeenCalledExactlyOnceWith({ kind: undefined });
});

test("a filter shows what it is set to, and how many where there are several", () => {
  show({ reason: "partner_removed", status: "live,disabled" });
  expect(screen.getByRole("button", { name: /^Reason/ }).textContent).toContain(
    "The client removed our access",
  );
  expect(screen.getByRole("button", { name: /^Status/ }).textContent).toContain("2");
});

test("client and incident of a link can be taken away, one or all", () => {
  const onChange = show({ client_id: "client-1", incident: "none" });
  fireEvent.click(screen.getByRole("button", { name: /client-1/ }));
  fireEvent.click(screen.getByRole("button", { name: /^Not caused by an incident/ }));
  fireEvent.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(onChange.mock.calls.map(([change]) => change)).toEqual([
    { client_id: undefined },
    { incident: undefined },
    expect.objectContaining({ status: undefined, client_id: undefined, incident: undefined }),
  ]);
});

test("without a filter there is nothing to clear", () => {
  show({ q: "Northwind", sort: "since" });
  expect(screen.queryByRole("button", { name: "Clear filters" })).toBeNull();
});
