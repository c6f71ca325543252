import { createEvent, fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderHub } from "../../testing/render-hub.tsx";
import { FirstAdminForm, InvitationForm } from "./LinkForms.tsx";
import { PasswordForm } from "./PasswordForm.tsx";

const invited = { name: "Paula", email: "paula@example.com", role: "support", needs_totp: false };
const FORMS = [
  ["sign-in", <PasswordForm next="/" />, "Password", "current-password"],
  ["invitation", <InvitationForm token="inv_1" />, "New password", "new-password"],
  ["first administrator", <FirstAdminForm token="adm_1" />, "New password", "new-password"],
] as const;

test.each(FORMS)(
  "%s: the password is masked, and a password manager or the clipboard may fill it in",
  async (_name, form, label, purpose) => {
    renderHub(form, { "POST /session/invitation": { invited, session: null } });
    const field = await screen.findByLabelText(label);
    expect(field.getAttribute("type")).toBe("password");
    expect(field.getAttribute("autocomplete")).toBe(purpose);
    const paste = createEvent.paste(field);
    fireEvent(field, paste);
    expect(paste.defaultPrevented).toBe(false);
  },
);
