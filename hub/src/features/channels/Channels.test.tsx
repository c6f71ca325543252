import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { AlertChannel, Session } from "../../api/types.ts";
import { Refused, renderHub, Tagged, type Answers } from "../../testing/render-hub.tsx";
import { AT, sampleChannel, sampleSession } from "../../testing/samples.ts";
import { Channels, ChannelsPage } from "./ChannelsPage.tsx";

function show(channels: AlertChannel[], answers: Answers = {}, role: Session["actor"]["role"] = "admin") {
  return renderHub(<Channels />, {
    ...{ "GET /session": sampleSession(role), "GET /channels": { data: channels } },
    ...answers,
  });
}
const choose = async (item: string): Promise<void> => {
  fireEvent.click(await screen.findByRole("button", { name: "More for On call" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
};

test("nobody below operator sees the page, and nothing of it is asked for", async () => {
  const shown = renderHub(<ChannelsPage />, { "GET /session": sampleSession("support") });
  expect(await screen.findByText(/Only operators and administrators/)).toBeDefined();
  expect(shown.asked.map(({ request }) => request)).not.toContain("GET /channels");
});

test("an operator reads channels and is offered no act", async () => {
  show([sampleChannel()], {}, "operator");
  expect(await screen.findByRole("row", { name: /On call/ })).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
});

test("without channels the page says what to do first; only an administrator is offered it", async () => {
  const { unmount } = show([]);
  expect(await screen.findByText(/First add a channel and send a test/)).toBeDefined();
  expect(await screen.findAllByRole("button", { name: "Add channel" })).toHaveLength(1);
  unmount();
  show([], {}, "operator");
  expect(await screen.findByText(/An administrator can add the first channel/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Add channel" })).toBeNull();
});

test("a channel that fails says since when and why", async () => {
  show([sampleChannel({ failing_since: AT, last_failure: "Slack answered 404: no_service." })]);
  const row = await screen.findByRole("row", { name: /On call/ });
  for (const text of ["Slack", "…4fQz", "Fails", "Failing since", "404: no_service"])
    expect(row.textContent).toContain(text);
});

test("a channel is added with the fields of its type", async () => {
  const shown = show([], { "POST /channels": sampleChannel({ type: "pagerduty" }) });
  fireEvent.click(await screen.findByRole("button", { name: "Add channel" }));
  const form = within(await screen.findByRole("dialog", { name: "Add an alert channel" }));
  const submit = form.getByRole<HTMLButtonElement>("button", { name: "Add channel" });
  expect(form.getByText(/Incoming Webhooks/)).toBeDefined();
  fireEvent.change(form.getByLabelText("Type"), { target: { value: "pagerduty" } });
  expect(form.queryByText(/Incoming Webhooks/)).toBeNull();
  fireEvent.change(form.getByLabelText("Name"), { target: { value: "On call" } });
  expect(submit.disabled).toBe(true);
  fireEvent.change(form.getByLabelText("Integration key"), { target: { value: "k".repeat(32) } });
  fireEvent.change(form.getByLabelText("Service region"), { target: { value: "eu" } });
  fireEvent.click(submit);
  await screen.findByText("Until you add one, alerts are shown in the Hub only.", { exact: false });
  expect(shown.asked).toContainEqual({
    request: "POST /channels",
    body: { name: "On call", type: "pagerduty", settings: { routing_key: "k".repeat(32), region: "eu" } },
  });
});

test.each([
  ["sent", "Sent in 240 ms", "Slack took the message."],
  ["later", "Not sent yet", "Slack could not be reached: timeout"],
  ["refused", "Not sent", "Slack answered 404: no_service."],
])("the result of a test that is %s stands in the page", async (outcome, label, detail) => {
  show([sampleChannel()], { "POST /channels/chn_1/test": { outcome, detail, took_ms: 240 } });
  fireEvent.click(await screen.findByRole("button", { name: "Send a test to On call" }));
  const text = (await screen.findByRole("status")).textContent;
  expect(text).toContain(label);
  expect(text).toContain(detail);
});

test("a change sends the version that it began from, and no settings that nobody entered again", async () => {
  const channel = sampleChannel();
  const shown = show([channel], {
    "GET /channels/chn_1": new Tagged('"2-x"', channel),
    "PATCH /channels/chn_1": channel,
  });
  await choose("Change");
  const dialog = within(await screen.findByRole("dialog", { name: "Change the alert channel" }));
  fireEvent.change(await dialog.findByLabelText("Name"), { target: { value: "Night" } });
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  await screen.findByRole("table");
  const patch = shown.sent.find(({ method }) => method === "PATCH");
  expect(patch?.headers.get("If-Match")).toBe('"2-x"');
  expect(shown.asked).toContainEqual({ request: "PATCH /channels/chn_1", body: { name: "Night" } });
});

test("a colleague's change meanwhile is said in the dialog", async () => {
  const channel = sampleChannel();
  const refused = new Refused(412, { code: "changed_meanwhile" });
  show([channel], { "GET /channels/chn_1": channel, "PATCH /channels/chn_1": refused });
  await choose("Change");
  const dialog = within(await screen.findByRole("dialog", { name: "Change the alert channel" }));
  fireEvent.change(await dialog.findByLabelText("Name"), { target: { value: "Night" } });
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  expect(await dialog.findByText("Somebody changed it meanwhile")).toBeDefined();
});

test("a channel that routes use is not deleted, and the refusal names them", async () => {
  const refused = new Refused(409, { code: "channel_in_use", title: "Routes send alerts to this channel" });
  show([sampleChannel()], { "DELETE /channels/chn_1": refused });
  await choose("Delete");
  const dialog = within(await screen.findByRole("dialog", { name: /Delete .*On call/ }));
  fireEvent.click(dialog.getByRole("button", { name: "Delete" }));
  expect(await dialog.findByText("Routes send alerts to this channel")).toBeDefined();
});

test("a paused channel is resumed after a question", async () => {
  const paused = sampleChannel({ state: "paused" });
  const shown = show([paused], { "PATCH /channels/chn_1": paused });
  await choose("Resume");
  const dialog = within(await screen.findByRole("dialog", { name: /Resume .*On call/ }));
  fireEvent.click(dialog.getByRole("button", { name: "Resume" }));
  await screen.findByRole("table");
  expect(shown.asked).toContainEqual({ request: "PATCH /channels/chn_1", body: { state: "enabled" } });
});
