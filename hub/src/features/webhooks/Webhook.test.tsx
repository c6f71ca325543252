import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Session, WebhookDelivery, WebhookDeliveryDetail, WebhookEndpoint } from "../../api/types.ts";
import { renderHub, type Answers } from "../../testing/render-hub.tsx";
import {
  AT,
  sampleDelivery,
  sampleEndpoint,
  sampleEventTypes,
  sampleSession,
} from "../../testing/samples.ts";
import { Webhook } from "./WebhookPage.tsx";

const FAILED = sampleDelivery({ state: "failed", failed_count: 10 });
const DETAIL: WebhookDeliveryDetail = {
  ...FAILED,
  body: { type: "waba.share.lost", data: { sequence: 7 } },
  attempts: [
    {
      ...{ n: 1, at: AT, took_ms: 35, outcome: "refused", status: 500, detail: null },
      ...{ answer_headers: { server: "nginx" }, answer_body: "no such table" },
    },
  ],
};

interface Shown {
  endpoint?: WebhookEndpoint;
  rows?: WebhookDelivery[];
  search?: Parameters<typeof Webhook>[0]["search"];
  answers?: Answers;
  role?: Session["actor"]["role"];
}

function show({
  endpoint = sampleEndpoint(),
  rows = [FAILED],
  search = {},
  answers,
  role = "operator",
}: Shown) {
  const onSearch = vi.fn();
  const shown = renderHub(<Webhook id="whe_1" search={search} onSearch={onSearch} onDeleted={vi.fn()} />, {
    ...{ "GET /session": sampleSession(role), "GET /event-types": { data: sampleEventTypes() } },
    ...{ "GET /webhook-endpoints/whe_1": endpoint, "GET /deliveries/msg_1": DETAIL },
    "GET /webhook-endpoints/whe_1/deliveries": { data: rows, has_more: false, next_cursor: null },
    ...answers,
  });
  return { ...shown, onSearch };
}

test("a delivery opens its attempts with the receiver's answer, and the body", async () => {
  const { onSearch } = show({});
  fireEvent.click(await screen.findByRole("button", { name: /^Attempts: waba\.share\.lost/ }));
  expect(onSearch).toHaveBeenCalledWith({ open: "msg_1" });
});

test("an open delivery shows when, how long, the status, the outcome's label and the answer", async () => {
  show({ search: { open: "msg_1" } });
  const details = await screen.findByRole("region", { name: "Delivery msg_1" });
  const attempt = await within(details).findByRole("listitem");
  for (const text of ["Refused by the receiver", "HTTP 500", "35 ms", "server: nginx", "no such table"])
    expect(attempt.textContent).toContain(text);
  expect(details.textContent).toContain('"sequence": 7');
});

test("an open delivery that is not among the rows stands there all the same", async () => {
  show({ rows: [], search: { open: "msg_1" } });
  expect(await screen.findByRole("region", { name: "Delivery msg_1" })).toBeDefined();
});

test("a delivery is sent again, and the answer stands beside the button", async () => {
  const shown = show({ search: { open: "msg_1" }, answers: { "POST /deliveries/msg_1/resend": DETAIL } });
  fireEvent.click(await screen.findByRole("button", { name: "Send again" }));
  expect(await screen.findByText("Planned; the result follows here")).toBeDefined();
  expect(shown.asked).toContainEqual({ request: "POST /deliveries/msg_1/resend", body: {} });
});

test("the filter goes to the address by the API's states", async () => {
  const { onSearch } = show({});
  fireEvent.click(await screen.findByRole("button", { name: "Failed" }));
  expect(onSearch).toHaveBeenCalledWith({ state: "failed" });
});

test.each([
  ["Send what failed since…", "failed", "3 deliveries are sent again now, 20 a second."],
  ["Send what was never sent since…", "missing", "3 events are sent now, 20 a second."],
])("%s plans, and says how many", async (name, only, said) => {
  const shown = show({ answers: { "POST /webhook-endpoints/whe_1/recover": { planned: 3 } } });
  fireEvent.click(await screen.findByRole("button", { name }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Since"), { target: { value: "2026-11-28T10:00" } });
  fireEvent.click(dialog.getByRole("button", { name: "Send" }));
  expect(await screen.findByText(said)).toBeDefined();
  const since = new Date("2026-11-28T10:00").toISOString();
  expect(shown.asked).toContainEqual({
    request: "POST /webhook-endpoints/whe_1/recover",
    body: { since, only },
  });
});

test("to a disabled endpoint nothing is offered to be sent; an administrator is offered to enable it", async () => {
  const endpoint = sampleEndpoint({ state: "disabled", disabled_why: "gone" });
  const { unmount } = show({ endpoint, search: { open: "msg_1" } });
  expect(await screen.findByText("An administrator can enable it.")).toBeDefined();
  expect(await screen.findByText("no such table", { exact: false })).toBeDefined();
  expect(screen.queryByRole("button", { name: /^(Send again|Send what|Enable)/ })).toBeNull();
  unmount();
  show({ endpoint, role: "admin" });
  expect(await screen.findByRole("button", { name: "Enable" })).toBeDefined();
});

test("an endpoint that is no longer there is said to be so", async () => {
  renderHub(<Webhook id="whe_2" search={{}} onSearch={vi.fn()} onDeleted={vi.fn()} />, {
    "GET /session": sampleSession(),
  });
  expect(await screen.findByText("There is no webhook endpoint whe_2 here")).toBeDefined();
});
