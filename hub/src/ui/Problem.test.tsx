import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ProblemError } from "../api/problem-error.ts";
import { renderHub } from "../testing/render-hub.tsx";
import { Empty, Problem } from "./Problem.tsx";

test("what failed, why and the request are said, and it can be tried again", () => {
  const onRetry = vi.fn();
  const body = { title: "Meta refused", detail: "The token is invalid.", request_id: "req-7" };
  renderHub(<Problem error={new ProblemError(502, body)} onRetry={onRetry} />);
  const alert = screen.getByRole("alert");
  expect(alert.textContent).toContain("Meta refused");
  expect(alert.textContent).toContain("The token is invalid.");
  expect(screen.getByRole("button", { name: "Copy the request id: req-7" })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(onRetry).toHaveBeenCalledOnce();
});

test("a detail that repeats the title is said once", () => {
  renderHub(<Problem error={new ProblemError(500, { title: "Broken", detail: "Broken" })} />);
  expect(screen.getAllByText("Broken")).toHaveLength(1);
});

test("who may not do it is not invited to try again", () => {
  renderHub(<Problem error={new ProblemError(403, {})} onRetry={() => undefined} />);
  expect(screen.getByText("You may not see this")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("an error without words still says that it did not work", () => {
  renderHub(<Problem error={new Error("x is not a function")} />);
  expect(screen.getByRole("alert").textContent).toBe("This did not work");
});

test("an empty page has a heading and the next step", () => {
  renderHub(
    <Empty title="No WABAs yet" level="h1">
      <button type="button">Import</button>
    </Empty>,
  );
  expect(screen.getByRole("heading", { level: 1, name: "No WABAs yet" })).toBeDefined();
  expect(screen.getByRole("button", { name: "Import" })).toBeDefined();
});
