/**
 * Embedded Signup by a person's hand: from the button of one of our pages through the emulator's real
 * screens.
 */
import type { Locator, Page } from "playwright-core";

export interface Dialog {
  window: Page;
  press(name: string): Promise<void>;
  /** Chooses the radio whose label contains this text. */
  choose(label: string): Promise<void>;
  /** As the cross of the window does. */
  close(): Promise<void>;
}

/** Presses a button of our page that opens Meta's window, and waits for its first screen. */
export async function openDialog(page: Page, button: string | Locator): Promise<Dialog> {
  const target = typeof button === "string" ? page.getByRole("button", { name: button }).first() : button;
  await untilLoaded(target);
  const [window] = await Promise.all([page.waitForEvent("popup"), target.click()]);
  await window.getByRole("heading", { name: "Sign in" }).waitFor();
  return {
    window,
    press: async (name) => {
      const click = window.getByRole("button", { name, exact: true }).click();
      // A button that ends the signup takes its window with it, sometimes before the click is reported as
      // done.
      await click.catch((error: unknown) => {
        if (!window.isClosed()) throw error;
      });
    },
    choose: (label) => window.getByRole("radio", { name: label }).check(),
    close: async () => {
      await Promise.all([window.waitForEvent("close"), window.evaluate("window.close()")]);
    },
  };
}

/** Meta's SDK is there: until then the button waits. */
export async function untilLoaded(button: Locator): Promise<void> {
  await button.and(button.page().locator('[aria-disabled="false"]')).waitFor();
}

/** Up to the choice of the account, in this client's portfolio. */
export async function asClient(dialog: Dialog, client: string): Promise<void> {
  await dialog.press("Continue");
  await dialog.choose(client);
  await dialog.press("Next");
}

/** An existing account whose number lives on the platform: up to the last screen. */
export async function choosePlatform(dialog: Dialog, client: string, wabaId: string): Promise<void> {
  await asClient(dialog, client);
  await dialog.choose(wabaId);
  await dialog.press("Next");
  await dialog.press("Next");
  await dialog.press("Confirm");
  await dialog.window.getByRole("heading", { name: "All set" }).waitFor();
}

/** An existing account whose number is used in the app: confirmed on its phone, up to the last screen. */
export async function chooseApp(dialog: Dialog, client: string, wabaId: string): Promise<void> {
  await asClient(dialog, client);
  await dialog.choose(wabaId);
  await dialog.press("Next");
  await confirmOnPhone(dialog);
}

/** A number of the app that is on no account yet. */
export async function chooseNewAppNumber(dialog: Dialog, client: string, number: string): Promise<void> {
  await asClient(dialog, client);
  await dialog.choose("Another number of the app");
  await dialog.press("Next");
  await dialog.window.getByLabel("The number in your WhatsApp Business app").fill(number);
  await dialog.window.getByLabel("Name that customers see").fill(client);
  await dialog.press("Next");
  await confirmOnPhone(dialog);
}

async function confirmOnPhone(dialog: Dialog): Promise<void> {
  const link = dialog.window.getByRole("link", { name: "the phone in this simulator" });
  const [phone] = await Promise.all([dialog.window.context().waitForEvent("page"), link.click()]);
  await phone.getByRole("link", { name: "Connect" }).click();
  await phone.getByRole("button", { name: "Confirm" }).click();
  const code = await phone.locator("#signup-code").innerText();
  await phone.close();
  await dialog.window.getByLabel("Six-digit code").fill(code);
  await dialog.press("Verify");
  await dialog.press("Confirm");
  await dialog.window.getByRole("heading", { name: "All set" }).waitFor();
}

/** A new account with a new number of the platform, in an existing portfolio. */
export async function createPlatform(dialog: Dialog, client: string, number: string): Promise<void> {
  await asClient(dialog, client);
  await dialog.choose("Create a WhatsApp account");
  await dialog.press("Next");
  await dialog.press("Next");
  await dialog.window.getByLabel("New number", { exact: true }).fill(number);
  await dialog.press("Next");
  const hint = await dialog.window.getByText("The simulated message says").innerText();
  await dialog.window.getByLabel("Six-digit code").fill(/\d{6}/.exec(hint)?.[0] ?? "");
  await dialog.press("Verify");
  await dialog.press("Confirm");
  await dialog.window.getByRole("heading", { name: "All set" }).waitFor();
}
