import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refused, renderHub } from "../../testing/render-hub.tsx";
import { FirstAdminForm, InvitationForm } from "./LinkForms.tsx";

const INVITATION = "POST /session/invitation";
const SECRET = "a sentence that only I know";

test("an invitation says for whom it is, and takes a password", async () => {
  const invited = { name: "Paula", email: "paula@example.com", role: "support", needs_totp: false };
  const session = { actor: { id: "usr_1", name: "Paula", role: "support" } };
  const { asked } = renderHub(<InvitationForm token="inv_1" />, { [INVITATION]: { invited, session } });
  expect(
    await screen.findByText(/Welcome, Paula. You sign in as paula@example.com, for support/),
  ).toBeDefined();
  fireEvent.change(screen.getByLabelText("New password"), { target: { value: SECRET } });
  fireEvent.click(screen.getByRole("button", { name: "Set the password and go on" }));
  await expect
    .poll(() => asked)
    .toContainEqual({ request: INVITATION, body: { token: "inv_1", password: SECRET } });
});

test("an invitation that has ended says what to do", async () => {
  const ended = new Refused(410, { title: "This link has ended", detail: "Ask an administrator." });
  renderHub(<InvitationForm token="inv_1" />, { [INVITATION]: ended });
  expect(await screen.findByText(/This link has ended/)).toBeDefined();
  expect(screen.queryByLabelText("New password")).toBeNull();
});

test("the first administrator gives a name, an address and a password; a refusal stands at the form", async () => {
  const claim = "POST /session/first-admin";
  const weak = new Refused(400, { title: "Weak", detail: "Take a longer password." });
  const { asked } = renderHub(<FirstAdminForm token="adm_1" />, { [claim]: weak });
  fireEvent.change(screen.getByLabelText("Your name"), { target: { value: "Ada" } });
  fireEvent.change(screen.getByLabelText("E-mail address"), { target: { value: "ada@example.com" } });
  fireEvent.change(screen.getByLabelText("New password"), { target: { value: SECRET } });
  fireEvent.click(screen.getByRole("button", { name: "Become the administrator" }));
  await expect.poll(() => screen.getByRole("alert").textContent).toBe("Take a longer password.");
  expect(asked).toContainEqual({
    request: claim,
    body: { token: "adm_1", name: "Ada", email: "ada@example.com", password: SECRET },
  });
});
