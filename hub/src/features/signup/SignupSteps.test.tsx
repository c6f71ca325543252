import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Signup, SignupStep } from "../../api/types.ts";
import { renderHub } from "../../testing/render-hub.tsx";
import { AT, sampleSession, sampleSignup, sampleStep } from "../../testing/samples.ts";
import { SignupSteps } from "./SignupSteps.tsx";

const PIN_STEP = sampleStep({
  id: "register",
  text: "Register the numbers",
  status: "waiting",
  pins_wanted: [{ phone_number_id: "555", display_phone_number: "+49 30 123456" }],
});
const show = (signup: Partial<Signup>, role: "viewer" | "operator" = "operator") =>
  renderHub(<SignupSteps signup={sampleSignup(signup)} />, {
    "GET /session": sampleSession(role),
    "POST /signups/signup-1/events": sampleSignup(),
  });
const ID_OF = {
  done: "exchange_code",
  skipped: "match_waba",
  failed: "subscribe",
  waiting: "register",
} as const;
const step = (status: SignupStep["status"], change: Partial<SignupStep> = {}): SignupStep =>
  sampleStep({ id: status === "open" ? "prove_share" : ID_OF[status], status, ...change });

test("each step says how it stands", () => {
  show({ steps: [step("done", { at: AT }), step("skipped", { at: AT }), step("failed"), step("open")] });
  const steps = screen.getAllByRole("listitem").map((each) => each.textContent ?? "");
  expect(steps.map((text) => /, (Done|Not needed|Failed|To do)/.exec(text)?.[1])).toEqual([
    "Done",
    "Not needed",
    "Failed",
    "To do",
  ]);
});

test("the first step that is not over is the current one, once the client has signed", () => {
  const steps = [step("done", { at: AT }), step("waiting"), step("open")];
  show({ steps });
  expect(screen.getAllByRole("listitem").map((each) => each.getAttribute("aria-current"))).toEqual([
    null,
    "step",
    null,
  ]);
});

test("before the client has signed no step is the current one", () => {
  show({ steps: [step("open")], signed_at: null });
  expect(screen.getByRole("listitem").getAttribute("aria-current")).toBeNull();
});

test("a failed step says why and when it is tried again", () => {
  show({ steps: [step("failed", { meta_message: "Meta refused the code.", again_at: AT })] });
  expect(screen.getByText("Meta refused the code.")).toBeDefined();
  expect(screen.getByText(/Next automatic try/)).toBeDefined();
});

test("a number's PIN is asked for at its step and sent once it is whole", async () => {
  const { asked } = show({ steps: [PIN_STEP] });
  expect(screen.getByText("Waiting for the PIN")).toBeDefined();
  const field = await screen.findByLabelText("PIN of +49 30 123456");
  const send = screen.getByRole("button", { name: "Register with this PIN" });
  fireEvent.change(field, { target: { value: "12a34" } });
  fireEvent.click(send);
  expect(screen.getByText("Six digits.")).toBeDefined();
  fireEvent.change(field, { target: { value: "123456" } });
  fireEvent.click(send);
  await expect
    .poll(() => asked.at(-1))
    .toEqual({
      request: "POST /signups/signup-1/events",
      body: { type: "pin", phone_number_id: "555", pin: "123456" },
    });
});

test("who may only look is not asked for a PIN", () => {
  show({ steps: [PIN_STEP] }, "viewer");
  expect(screen.queryByRole("textbox")).toBeNull();
});
