import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ProblemError } from "../api/problem-error.ts";
import { renderHub } from "../testing/render-hub.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";

type Props = Partial<Parameters<typeof ConfirmDialog>[0]>;

async function show(change: Props = {}) {
  const onConfirm = vi.fn();
  const onClose = vi.fn();
  renderHub(
    <ConfirmDialog
      title="Revoke the key?"
      confirm="Revoke"
      tone="danger"
      isSending={false}
      error={null}
      onConfirm={onConfirm}
      onClose={onClose}
      {...change}
    >
      {change.children ?? <p>Programs that use it are refused.</p>}
    </ConfirmDialog>,
  );
  const dialog = await screen.findByRole("dialog", { name: "Revoke the key?" });
  return { dialog, onConfirm, onClose };
}

const confirm = (): void => void fireEvent.click(screen.getByRole("button", { name: "Revoke" }));

test("it says what happens, and the act is one click", async () => {
  const { dialog, onConfirm, onClose } = await show();
  expect(dialog.textContent).toContain("Programs that use it are refused.");
  confirm();
  expect(onConfirm).toHaveBeenCalledOnce();
  expect(onClose).not.toHaveBeenCalled();
});

test("the focus is on the way out", async () => {
  await show();
  await expect.poll(() => document.activeElement?.textContent).toBe("Cancel");
});

test("a field that must be filled in has the focus", async () => {
  await show({ children: <input aria-label="Why" data-autofocus /> });
  await expect.poll(() => document.activeElement?.getAttribute("aria-label")).toBe("Why");
});

test.each(["Cancel", "Close"])("%s closes it and does nothing", async (name) => {
  const { onConfirm, onClose } = await show();
  fireEvent.click(screen.getByRole("button", { name }));
  expect(onClose).toHaveBeenCalledOnce();
  expect(onConfirm).not.toHaveBeenCalled();
});

test("Escape closes it", async () => {
  const { dialog, onClose } = await show();
  fireEvent.keyDown(dialog, { key: "Escape" });
  expect(onClose).toHaveBeenCalledOnce();
});

test("while it is sent a second click sends nothing, and the button keeps the focus", async () => {
  const { onConfirm } = await show({ isSending: true });
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Revoke" });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  expect(button.disabled).toBe(false);
  confirm();
  expect(onConfirm).not.toHaveBeenCalled();
});

test("what is not known yet cannot be confirmed", async () => {
  await show({ isReady: false });
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Revoke" }).disabled).toBe(true);
});

test("a refusal is shown in the dialog", async () => {
  const { dialog } = await show({ error: new ProblemError(409, { title: "Revoked already" }) });
  expect(dialog.contains(screen.getByRole("alert"))).toBe(true);
  expect(screen.getByRole("alert").textContent).toContain("Revoked already");
});
