import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Session, WebhookEndpoint } from "../../api/types.ts";
import { Refused, renderHub, Tagged, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleEndpoint, sampleEventTypes, sampleSession } from "../../testing/samples.ts";
import { Webhooks, WebhooksPage } from "./WebhooksPage.tsx";

const LIST = "GET /webhook-endpoints";
const URL = "https://crm.example.com/hook";
const TYPES = { "GET /event-types": { data: sampleEventTypes() } };

function show(endpoints: WebhookEndpoint[], answers: Answers = {}, role: Session["actor"]["role"] = "admin") {
  const base = { "GET /session": sampleSession(role), ...TYPES, [LIST]: { data: endpoints } };
  return renderHub(<Webhooks />, Object.assign(answers, { ...base, ...answers }));
}
const choose = async (item: string): Promise<void> => {
  fireEvent.click(await screen.findByRole("button", { name: `More for ${URL}` }));
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
};

test("nobody below operator sees the page, and nothing of it is asked for", async () => {
  const shown = renderHub(<WebhooksPage />, { "GET /session": sampleSession("support") });
  expect(await screen.findByText(/Only operators and administrators/)).toBeDefined();
  expect(shown.asked.map(({ request }) => request)).not.toContain(LIST);
});

test("an operator of one client does not see the page: endpoints are about all WABAs", async () => {
  const session = sampleSession("operator");
  const limited = { ...session, actor: { ...session.actor, client_id: "cli_1" } };
  const shown = renderHub(<WebhooksPage />, { "GET /session": limited });
  expect(await screen.findByText(/Only operators and administrators/)).toBeDefined();
  expect(shown.asked.map(({ request }) => request)).not.toContain(LIST);
});

test("an operator may send a test and is offered no change", async () => {
  show([sampleEndpoint()], {}, "operator");
  expect(await screen.findByRole("button", { name: `Send a test to ${URL}` })).toBeDefined();
  expect(screen.queryByRole("button", { name: /^(More|Create)/ })).toBeNull();
});

test("without endpoints the page says what one is for; only an administrator is offered the first", async () => {
  const { unmount } = show([]);
  expect(await screen.findByRole("heading", { name: "No webhook endpoints yet" })).toBeDefined();
  expect(await screen.findAllByRole("button", { name: "Create endpoint" })).toHaveLength(1);
  unmount();
  show([], {}, "operator");
  expect(await screen.findByText(/An administrator can create the first one/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Create endpoint" })).toBeNull();
});

test("a row says what the endpoint takes, its state by the API's label, and since when it fails", async () => {
  const filter = { tags: ["vip"], client_ids: ["cli_1"] };
  const types = [
    "waba.share.lost",
    "waba.share.partial",
    "waba.share.restored",
    "number.changed",
    "waba.adopted",
  ];
  const failing = { state: "disabled", disabled_why: "failing", failing_since: AT } as const;
  show([sampleEndpoint({ description: "CRM", event_types: types, filter, ...failing })], {
    "GET /clients/cli_1": { id: "cli_1", name: "Northwind" },
  });
  const row = await screen.findByRole("row", { name: /crm\.example\.com/ });
  expect(await within(row).findByText("Northwind")).toBeDefined();
  for (const text of ["CRM", "waba.share.lost", "and 2 more", "Only with the tags vip"])
    expect(row.textContent).toContain(text);
  for (const text of ["Disabled", "It only failed for five days", "Failing since"])
    expect(row.textContent).toContain(text);
});

test("an endpoint is made for chosen types with a filter and a header, and its secret is shown once", async () => {
  const made = { ...sampleEndpoint(), secret: "whsec_abc" };
  const shown = show([], { "POST /webhook-endpoints": made, "GET /wabas": { data: [], has_more: false } });
  fireEvent.click(await screen.findByRole("button", { name: "Create endpoint" }));
  const form = within(await screen.findByRole("dialog", { name: "Create a webhook endpoint" }));
  const submit = form.getByRole<HTMLButtonElement>("button", { name: "Create endpoint" });
  expect(submit.disabled).toBe(true);
  fireEvent.change(form.getByLabelText("Address"), { target: { value: URL } });
  fireEvent.click(form.getByLabelText(/^Only these/));
  expect(submit.disabled).toBe(true);
  expect(await form.findByText("A condition of one number changed.")).toBeDefined();
  expect(form.queryByLabelText(/webhook\.test/)).toBeNull();
  fireEvent.click(form.getByLabelText(/waba\.share\.lost/));
  fireEvent.change(form.getByLabelText("Tags"), { target: { value: "vip, south" } });
  fireEvent.click(form.getByText("Add a header"));
  fireEvent.change(form.getByLabelText("Name of header 1"), { target: { value: "Authorization" } });
  fireEvent.change(form.getByLabelText("Value of header 1"), { target: { value: "Bearer x" } });
  fireEvent.click(submit);
  const once = await screen.findByRole("dialog", { name: "Copy the secret now" });
  expect(within(once).getByText("whsec_abc")).toBeDefined();
  expect(shown.asked).toContainEqual({
    request: "POST /webhook-endpoints",
    body: {
      ...{ url: URL, description: "", event_types: ["waba.share.lost"], filter: { tags: ["vip", "south"] } },
      ...{ headers: { Authorization: "Bearer x" }, algorithm: "hmac-sha256" },
    },
  });
  fireEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByText("whsec_abc")).toBeNull();
});

test("what a test came to stands in the page: outcome, status, time, detail and what to do", async () => {
  const result = { outcome: "refused", status: 500, took_ms: 35, detail: "Internal Server Error" };
  const shown = show([sampleEndpoint()], {
    "POST /webhook-endpoints/whe_1/test": { delivery_id: "msg_9", ...result },
  });
  fireEvent.click(await screen.findByRole("button", { name: `Send a test to ${URL}` }));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByRole("option", { name: "waba.share.lost" });
  fireEvent.change(dialog.getByLabelText("Event"), { target: { value: "waba.share.lost" } });
  fireEvent.click(dialog.getByRole("button", { name: "Send" }));
  const notice = await screen.findByText("Refused by the receiver");
  const text = notice.closest("[data-part=test-result]")?.textContent;
  for (const part of ["HTTP 500", "35 ms", "Internal Server Error", "within 15 seconds"])
    expect(text).toContain(part);
  const body = { type: "waba.share.lost" };
  expect(shown.asked).toContainEqual({ request: "POST /webhook-endpoints/whe_1/test", body });
});

test("a change sends only what was changed, and header values that nobody sees stay", async () => {
  const endpoint = sampleEndpoint({ header_names: ["authorization"] });
  const shown = show([endpoint], {
    "GET /webhook-endpoints/whe_1": new Tagged('"3-abc"', endpoint),
    "PATCH /webhook-endpoints/whe_1": endpoint,
  });
  await choose("Change");
  const dialog = within(await screen.findByRole("dialog", { name: "Change the endpoint" }));
  const save = await dialog.findByRole<HTMLButtonElement>("button", { name: "Save" });
  expect(save.disabled).toBe(true);
  fireEvent.change(dialog.getByLabelText("Description"), { target: { value: "CRM" } });
  fireEvent.click(save);
  await screen.findByRole("table");
  expect(shown.asked).toContainEqual({
    request: "PATCH /webhook-endpoints/whe_1",
    body: { description: "CRM" },
  });
  expect(shown.sent.find(({ method }) => method === "PATCH")?.headers.get("If-Match")).toBe('"3-abc"');
});

test("a colleague's change meanwhile is not overwritten: the form begins anew with it", async () => {
  const refused = new Refused(412, { code: "changed_meanwhile", title: "Somebody else has changed this" });
  const answers: Answers = {
    "GET /webhook-endpoints/whe_1": sampleEndpoint(),
    "PATCH /webhook-endpoints/whe_1": refused,
  };
  show([sampleEndpoint()], answers);
  await choose("Change");
  const dialog = within(await screen.findByRole("dialog", { name: "Change the endpoint" }));
  fireEvent.change(await dialog.findByLabelText("Description"), { target: { value: "CRM" } });
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  expect(await dialog.findByText("Somebody changed it meanwhile")).toBeDefined();
  expect(dialog.getByLabelText<HTMLInputElement>("Description").value).toBe("CRM");
  answers["GET /webhook-endpoints/whe_1"] = sampleEndpoint({ description: "Theirs" });
  fireEvent.click(dialog.getByRole("button", { name: "Load it again" }));
  expect(await dialog.findByDisplayValue("Theirs")).toBeDefined();
  expect(dialog.queryByText("Somebody changed it meanwhile")).toBeNull();
});

test("a paused endpoint is resumed, an enabled one paused, after a question that names it", async () => {
  const paused = sampleEndpoint({ state: "paused" });
  const shown = show([paused], { "PATCH /webhook-endpoints/whe_1": paused });
  await choose("Resume");
  const dialog = within(await screen.findByRole("dialog", { name: /Resume .*crm\.example\.com/ }));
  fireEvent.click(dialog.getByRole("button", { name: "Resume" }));
  await screen.findByRole("table");
  expect(shown.asked).toContainEqual({
    request: "PATCH /webhook-endpoints/whe_1",
    body: { state: "enabled" },
  });
});

test("a rotation asks how long the secret until now signs, and shows the new one", async () => {
  const shown = show([sampleEndpoint()], {
    "POST /webhook-endpoints/whe_1/rotate-secret": { ...sampleEndpoint(), secret: "whsec_new" },
  });
  await choose("Rotate the secret");
  const dialog = within(await screen.findByRole("dialog", { name: /Rotate the secret of/ }));
  fireEvent.change(dialog.getByLabelText("The secret until now ends"), { target: { value: "now" } });
  fireEvent.click(dialog.getByRole("button", { name: "Rotate the secret" }));
  expect(await screen.findByText("whsec_new")).toBeDefined();
  const body = { overlap_s: 0 };
  expect(shown.asked).toContainEqual({ request: "POST /webhook-endpoints/whe_1/rotate-secret", body });
});

test("deleting names the address and says that the log goes, too", async () => {
  const shown = show([sampleEndpoint()], { "DELETE /webhook-endpoints/whe_1": undefined });
  await choose("Delete");
  const dialog = within(await screen.findByRole("dialog", { name: /Delete .*crm\.example\.com\/hook/ }));
  expect(dialog.getByText(/the log of its deliveries is deleted/)).toBeDefined();
  expect(shown.asked.map(({ request }) => request)).not.toContain("DELETE /webhook-endpoints/whe_1");
  fireEvent.click(dialog.getByRole("button", { name: "Delete" }));
  await screen.findByRole("table");
  expect(shown.asked.map(({ request }) => request)).toContain("DELETE /webhook-endpoints/whe_1");
});
