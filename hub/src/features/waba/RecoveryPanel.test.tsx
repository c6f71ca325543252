import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Method } from "../../api/types.ts";
import { renderHub } from "../../testing/render-hub.tsx";
import { RecoveryPanel } from "./RecoveryPanel.tsx";

const method = (change: Partial<Method>): Method => ({
  method: "business_suite",
  label: "In Business Suite",
  available: true,
  path: null,
  why_not: null,
  steps: [
    {
      id: "open",
      text: "Open the settings",
      done: true,
      href: "https://business.example",
      condition: "Shared",
    },
    { id: "share", text: "Give full control", done: false, copy: "987654321" },
    { id: "save", text: "Save", done: false, condition: "FullControl" },
  ],
  ...change,
});
const signup = method({ method: "embedded_signup", label: "By signup", steps: [] });
const deleted = method({ method: "restore", label: "Restore", available: false, why_not: "It was deleted." });

test("the steps say which are done and which is next", () => {
  renderHub(<RecoveryPanel id="recovery" recovery={{ methods: [method({})] }} />);
  const steps = screen.getAllByRole("listitem");
  expect(steps.map((step) => step.getAttribute("aria-current"))).toEqual([null, "step", null]);
  expect(steps[0]?.textContent).toContain("Open the settings, done");
  expect(steps[2]?.textContent).toContain("Save, to do");
});

test("what is to be copied or opened is beside its step, until all is done", () => {
  const { unmount } = renderHub(<RecoveryPanel id="r" recovery={{ methods: [method({})] }} />);
  expect(screen.getByRole("button", { name: "Copy 987654321" })).toBeDefined();
  expect(screen.getByRole("link", { name: /^Open/ }).getAttribute("href")).toBe("https://business.example");
  unmount();
  const steps = method({}).steps.map((step) => ({ ...step, done: true }));
  renderHub(<RecoveryPanel id="r" recovery={{ methods: [method({ steps })] }} />);
  expect(screen.queryByRole("button", { name: "Copy 987654321" })).toBeNull();
  expect(screen.queryByRole("link")).toBeNull();
});

test("waiting is said only where nothing else is left to do", () => {
  const waiting = "Waiting for Meta's confirmation";
  renderHub(<RecoveryPanel id="r" recovery={{ methods: [method({})] }} />);
  expect(screen.queryByText(waiting)).toBeNull();
  const steps = method({}).steps.map((step) => ({ ...step, done: step.id !== "save" }));
  renderHub(<RecoveryPanel id="s" recovery={{ methods: [method({ steps })] }} />);
  expect(screen.getByText(waiting)).toBeDefined();
});

test("of several methods one is chosen", () => {
  const onWay = vi.fn();
  renderHub(
    <RecoveryPanel
      id="r"
      title="How to fix it"
      recovery={{ methods: [method({}), signup] }}
      way="embedded_signup"
      onWay={onWay}
      actOf={({ label }) => <p>Act of {label}</p>}
    />,
  );
  const ways = within(screen.getByRole("group", { name: "How to fix it" }));
  expect(ways.getByRole("button", { pressed: true }).textContent).toBe("By signup");
  expect(screen.getByText("Act of By signup")).toBeDefined();
  fireEvent.click(ways.getByRole("button", { name: "In Business Suite" }));
  expect(onWay).toHaveBeenCalledExactlyOnceWith("business_suite");
});

test("a method that is not possible says why, and is never chosen", () => {
  renderHub(
    <RecoveryPanel
      id="r"
      recovery={{ methods: [deleted, method({})] }}
      way="restore"
      onWay={() => undefined}
    />,
  );
  expect(screen.getByRole("heading", { name: "In Business Suite" })).toBeDefined();
  expect(screen.getByText("It was deleted.")).toBeDefined();
});
