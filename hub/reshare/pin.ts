import { postJson } from "./signup.ts";

/** The forms that register a number, with its PIN where the server asks for one. */
export function beginPins(
  page: HTMLElement,
  hooks: { refresh(): void; announce(message: string): void },
): void {
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["action"] !== "pin") return;
    event.preventDefault();
    void register(page, form, hooks);
  });
}

const running = new Set<string>();

/** Found again by its id each time: the page may be redrawn while Meta is asked. */
async function register(
  page: HTMLElement,
  form: HTMLFormElement,
  { refresh, announce }: { refresh(): void; announce(message: string): void },
): Promise<void> {
  const { id } = form;
  const messages = { ...form.dataset };
  if (running.has(id)) return;
  running.add(id);
  busy(id, true);
  let message = "";
  try {
    const answer = await postJson(addressOf(page, form), bodyOf(form));
    if (!answer.ok)
      message = messageOf(messages, (await answer.json().catch(() => ({}))) as { code?: string });
  } catch {
    message = page.dataset["offline"] ?? "";
  }
  running.delete(id);
  busy(id, false);
  const place = document.getElementById(id)?.querySelector("[data-message]");
  if (place) place.textContent = message;
  announce(message);
  refresh();
}

function addressOf(page: HTMLElement, form: HTMLFormElement): string {
  return page.dataset[form.dataset["signupId"] === undefined ? "register" : "signup"] ?? "";
}

function bodyOf(form: HTMLFormElement): object {
  const pin = new FormData(form).get("pin");
  const { number, signupId } = form.dataset;
  const about = { phone_number_id: number, ...(typeof pin === "string" && { pin }) };
  return signupId === undefined ? about : { type: "pin", signup_id: signupId, ...about };
}

/** Shows the PIN field of a number that turned out to have its own PIN. */
function messageOf(messages: DOMStringMap, { code }: { code?: string }): string {
  if (code === "pin_wanted" || code === "registration_not_needed") return "";
  if (code === "pin_refused") return messages["refused"] ?? "";
  return (code === "too_many_registrations" ? messages["enough"] : messages["failed"]) ?? "";
}

function busy(id: string, isBusy: boolean): void {
  const button = document.getElementById(id)?.querySelector<HTMLButtonElement>("button");
  if (!button) return;
  button.dataset["calm"] ??= button.textContent ?? "";
  button.setAttribute("aria-disabled", String(isBusy));
  button.textContent = (isBusy ? button.dataset["running"] : button.dataset["calm"]) ?? "";
}
