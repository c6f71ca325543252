import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ClientDetails, Session } from "../../api/types.ts";
import { Refused, renderHub, Tagged, type Answers } from "../../testing/render-hub.tsx";
import { sampleSession, sampleWaba } from "../../testing/samples.ts";
import { ClientPanel } from "./ClientPanel.tsx";

const CLIENT: ClientDetails = {
  ...{ id: "client-1", name: "Northwind", business_id: null, external_id: null, language: "de" },
  ...{ contacts: [{ name: "Ada", email: "ada@example.com", phone: "+49301234567", language: "es" }] },
  ...{ tags: [], owner_id: null },
};

function show(client: ClientDetails, answers: Answers = {}, role: Session["actor"]["role"] = "operator") {
  return renderHub(<ClientPanel waba={sampleWaba()} />, {
    ...{ "GET /session": sampleSession(role), "GET /clients/client-1": new Tagged('"4-x"', client) },
    "GET /clients/client-1/messages": { data: [], has_more: false, next_cursor: null },
    ...answers,
  });
}

test("contacts are shown with their addresses and languages", async () => {
  show(CLIENT);
  const [contact] = await screen.findAllByRole("listitem");
  for (const text of ["Ada", "ada@example.com", "+49301234567", "Español"])
    expect(contact?.textContent).toContain(text);
  expect(screen.getByText("Deutsch")).toBeDefined();
});

test("without contacts the panel says what they are for; who may not add any is told who can", async () => {
  const { unmount } = show({ ...CLIENT, contacts: [] });
  expect(await screen.findByText(/^No contacts yet. Add whom/)).toBeDefined();
  expect(screen.getByRole("button", { name: "Edit" })).toBeDefined();
  unmount();
  show({ ...CLIENT, contacts: [] }, {}, "viewer");
  expect(await screen.findByText(/An operator can add/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
});

test("a contact is added with the version that the edit began from", async () => {
  const shown = show(CLIENT, { "PATCH /clients/client-1": CLIENT });
  fireEvent.click(await screen.findByRole("button", { name: "Edit" }));
  const dialog = within(await screen.findByRole("dialog"));
  const save = await dialog.findByRole<HTMLButtonElement>("button", { name: "Save" });
  expect(save.disabled).toBe(true);
  fireEvent.click(dialog.getByRole("button", { name: "Add a contact" }));
  const second = within(dialog.getByRole("group", { name: "Contact 2" }));
  fireEvent.change(second.getByLabelText("Name"), { target: { value: "Bo" } });
  fireEvent.blur(second.getByLabelText("Name"));
  expect(second.getByText("Enter an e-mail address or a phone number.")).toBeDefined();
  expect(save.disabled).toBe(true);
  fireEvent.change(second.getByLabelText("E-mail"), { target: { value: "bo@example.com" } });
  fireEvent.click(save);
  await screen.findByText("Deutsch");
  const patch = shown.sent.find(({ method }) => method === "PATCH");
  expect(patch?.headers.get("If-Match")).toBe('"4-x"');
  expect(shown.asked).toContainEqual({
    request: "PATCH /clients/client-1",
    body: {
      contacts: [...CLIENT.contacts, { name: "Bo", email: "bo@example.com", phone: null, language: null }],
    },
  });
});

test("a colleague's edit meanwhile is said, and loaded when asked for", async () => {
  const refused = new Refused(412, { code: "changed_meanwhile" });
  const answers: Answers = { "PATCH /clients/client-1": refused };
  show(CLIENT, answers);
  fireEvent.click(await screen.findByRole("button", { name: "Edit" }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(await dialog.findByLabelText("Language"), { target: { value: "fr" } });
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  fireEvent.click(await dialog.findByRole("button", { name: "Load it again" }));
  expect((await dialog.findByLabelText<HTMLSelectElement>("Language")).value).toBe("de");
});
