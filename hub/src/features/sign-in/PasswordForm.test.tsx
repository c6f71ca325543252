import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refused, renderHub } from "../../testing/render-hub.tsx";
import { PasswordForm } from "./PasswordForm.tsx";

const OPEN = "POST /session";

function submit(answer: unknown) {
  const shown = renderHub(<PasswordForm next="/" />, { [OPEN]: answer });
  fireEvent.change(screen.getByLabelText("E-mail address"), { target: { value: " ann@example.com " } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: " two words " } });
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  return shown;
}

test("sends the address without its spaces, and the password with them", async () => {
  const { asked } = submit(
    new Refused(401, { title: "Wrong", detail: "Check all three.", code: "wrong_sign_in" }),
  );
  expect(await screen.findByText("Check all three.")).toBeDefined();
  expect(asked).toEqual([{ request: OPEN, body: { email: "ann@example.com", password: " two words " } }]);
  expect(screen.queryByLabelText("Code")).toBeNull();
});

test("asks for the code only when the API needs it, without calling that a fault", async () => {
  const { asked } = submit(new Refused(401, { title: "A code is needed", code: "totp_needed" }));
  fireEvent.change(await screen.findByLabelText("Code"), { target: { value: " 123456 " } });
  expect(screen.getByRole("alert").textContent).toBe("");
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await expect.poll(() => asked.length).toBe(2);
  expect(asked[1]?.body).toMatchObject({ password: " two words ", totp: "123456" });
});
