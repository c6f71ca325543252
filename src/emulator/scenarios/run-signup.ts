/**
 * Walks through the signup dialog as a person would: screen by screen, with the phone in the other hand where
 * there is one.
 */
import type { Client } from "./scenario.ts";
import type { ScenarioTarget } from "./scenario.ts";

/** How it ended: `null` with success, else the error code on the last screen. */
export async function runSignup(target: ScenarioTarget, client: Client): Promise<string | null> {
  const state = (await target.control("GET", "/state")).body;
  const appId = String((state["partner"] as Record<string, unknown>)["app_id"]);
  const query = new URLSearchParams({ client_id: appId, config_id: CONFIG_ID, response_type: "code" });
  const start = await target.page(`/v25.0/dialog/oauth?${query.toString()}`);
  const session = new URL(start.location, "http://dialog.invalid").searchParams.get("session") ?? "";
  const steps: Record<string, string>[] = [
    { step: "authentication" },
    { step: "portfolio", business: client.businessId },
    { step: "account", account: `waba:${client.wabaId}` },
    ...numberStepsOf(state, client),
    { step: "permissions" },
  ];
  for (const step of steps) {
    const code = step["step"] === "verification" ? await codeOnPhone(target, step["phone"] ?? "") : {};
    const answer = await target.page("/dialog/oauth", { session, do: "next", ...step, ...code });
    if (answer.status !== 303) throw new Error(`The signup stopped on ${String(step["step"])}.`);
    const refusal = await errorOn(target, answer.location);
    if (refusal) return refusal;
  }
  return null;
}

/** Offers numbers of the app and others alike. */
const CONFIG_ID = "620000000000002";

interface NumberState {
  id: string;
  waba_id: string;
  coexistence: boolean;
  deleted: boolean;
}

/**
 * A number of the app is confirmed on its phone; one of the platform that is verified already needs no code.
 */
function numberStepsOf(state: Record<string, unknown>, client: Client): Record<string, string>[] {
  const numbers = (state["numbers"] as NumberState[]).filter(
    (number) => number.waba_id === client.wabaId && !number.deleted,
  );
  const inApp = numbers.find((number) => number.coexistence);
  if (inApp) return [{ step: "verification", phone: inApp.id }];
  return [{ step: "number", number: numbers[0]?.id ?? "later" }];
}

async function codeOnPhone(target: ScenarioTarget, phoneNumberId: string): Promise<{ code: string }> {
  await target.page(`/phone/${phoneNumberId}`, { do: "confirm", share_history: "on" });
  const { text } = await target.page(`/phone/${phoneNumberId}`);
  return { code: /id="signup-code">(\d{6})</.exec(text)?.[1] ?? "" };
}

async function errorOn(target: ScenarioTarget, location: string): Promise<string | null> {
  const { text } = await target.page(location);
  return /id="error-code">(\d+)</.exec(text)?.[1] ?? null;
}
