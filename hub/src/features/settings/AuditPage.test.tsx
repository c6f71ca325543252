import { fireEvent, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import type { AuditLine } from "../../api/types.ts";
import type { AuditSearch } from "../../shell/search.ts";
import { renderHub, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleApiKey, sampleSession } from "../../testing/samples.ts";
import { Audit } from "./AuditPage.tsx";

const DONE: AuditLine = {
  ...{ id: "12", at: AT, actor: "usr-1", actor_name: "Olga", action: "waba.configured", outcome: "done" },
  ...{ target: { type: "waba", id: "100000000000004", waba_id: "100000000000004" } },
  ...{ before: { mode: "observe" }, after: { mode: "enforce" }, detail: {} },
  ...{ address: "192.0.2.1", request_id: "req_1", hash: "f".repeat(64) },
};
const REFUSED: AuditLine = {
  ...{ id: "11", at: AT, actor: "key_1", action: "waba.checked", outcome: "refused" },
  ...{ problem: "not_permitted", detail: { role: "support" }, hash: "e".repeat(64) },
};
const LIST = "GET /audit";
const BASE = {
  "GET /session": sampleSession("admin"),
  "GET /users": { data: [] },
  "GET /api-keys": { data: [sampleApiKey()] },
};

/** With the address that the page has besides. */
function Page({ first }: { first: AuditSearch }) {
  const [search, setSearch] = useState(first);
  return <Audit search={search} onSearch={(change) => setSearch((last) => ({ ...last, ...change }))} />;
}

const show = (answers: Answers, search: AuditSearch = {}) =>
  renderHub(<Page first={search} />, { ...BASE, ...answers });
const queryOf = ({ url }: Request) => Object.fromEntries(new URL(url).searchParams);
const pageOf = (...data: AuditLine[]) => ({ data, has_more: false, next_cursor: null });

afterEach(() => vi.restoreAllMocks());

test("a line says who did what to what, from where, in words", async () => {
  show({ [LIST]: pageOf(DONE) });
  const row = await screen.findByRole("row", { name: /Change WABA/ });
  for (const text of ["Olga", "100000000000004", "Done", "192.0.2.1"])
    expect(row.textContent).toContain(text);
  expect(row.querySelector("time")?.textContent).toMatch(/28.*(UTC|GMT|[A-Z]{2,5})/);
});

test("what was refused is in the list, with its problem one click away", async () => {
  show({ [LIST]: pageOf(REFUSED) });
  const row = await screen.findByRole("row", { name: /Check WABA now/ });
  expect(row.textContent).toContain("Refused");
  fireEvent.click(within(row).getByRole("button", { name: /Details/ }));
  const details = await screen.findByRole("region", { name: "Details of line 11" });
  expect(within(details).getByRole("link", { name: /not_permitted/ })).toBeDefined();
});

test("the details of an open line show each field before and after", async () => {
  show({ [LIST]: pageOf(DONE) }, { open: "12" });
  const changes = await screen.findByRole("table", { name: "What changed" });
  expect(within(changes).getByRole("row", { name: "Mode observe enforce" })).toBeDefined();
});

test("the filters are sent to the API, and a person who is gone stays chosen", async () => {
  const { sent } = show({ [LIST]: pageOf(DONE) }, { actor: "usr-gone" });
  const who = await screen.findByLabelText<HTMLSelectElement>("Who");
  expect(who.value).toBe("usr-gone");
  fireEvent.change(screen.getByLabelText("Act"), { target: { value: "api_key.created" } });
  fireEvent.click(screen.getByRole("button", { name: "Refused" }));
  fireEvent.change(screen.getByLabelText("WABA id"), { target: { value: " 100 " } });
  fireEvent.keyDown(screen.getByLabelText("WABA id"), { key: "Enter" });
  await expect
    .poll(() => sent.map(queryOf))
    .toContainEqual(
      expect.objectContaining({
        ...{ actor: "usr-gone", action: "api_key.created", outcome: "refused", waba_id: "100" },
      }),
    );
});

test("older lines follow by the cursor", async () => {
  const { sent } = show({ [LIST]: { data: [DONE], has_more: true, next_cursor: "older" } });
  fireEvent.click(await screen.findByRole("button", { name: "Older lines" }));
  await expect.poll(() => sent.map(queryOf)).toContainEqual(expect.objectContaining({ cursor: "older" }));
});

test("without a line the filters can be cleared", async () => {
  show({ [LIST]: pageOf() }, { outcome: "failed" });
  fireEvent.click(await screen.findByRole("button", { name: "Clear filters" }));
  expect(await screen.findByRole("button", { name: "All", pressed: true })).toBeDefined();
});

test("the export asks for lines of JSON with the same filters", async () => {
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { sent } = show({ [LIST]: pageOf(DONE) }, { outcome: "done" });
  await screen.findByRole("row", { name: /Change WABA/ });
  fireEvent.click(screen.getByRole("button", { name: "Export" }));
  await expect.poll(() => clicked.mock.calls.length).toBe(1);
  const exported = sent.find(({ headers }) => headers.get("accept") === "application/x-ndjson");
  expect(exported && queryOf(exported)).toEqual({ outcome: "done" });
});
