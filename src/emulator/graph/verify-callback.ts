/**
 * The handshake before an address is taken: `GET
 * <callback>?hub.mode=subscribe&hub.challenge=…&hub.verify_token=…` must answer 200 with the challenge as the
 * whole body. Source: "Create a webhook endpoint". That an override is verified in the same call is inferred;
 * the words of the refusal are from memory.
 */
import type { EmulatorContext } from "../context/emulator-context.ts";
import { oauth } from "./errors.ts";

/**
 * Names that are kept for examples and can never answer (RFC 2606): they are taken without a handshake, as
 * placeholders.
 */
const PLACEHOLDER = /(^|\.)(example|test|invalid|example\.(com|net|org))$/;

/**
 * Throws Meta's refusal when the address does not answer as it must. Knob `verify_callbacks` switches it off.
 */
export async function requireVerified(
  context: EmulatorContext,
  callbackUrl: string,
  verifyToken: string,
): Promise<void> {
  const url = parsedUrl(callbackUrl);
  if (!url) throw oauth(400, 100, "(#100) callback_url must be a valid address");
  if (!context.store.world.knobs.verify_callbacks || PLACEHOLDER.test(url.hostname)) return;
  const challenge = String(Math.floor(context.random.next() * 2 ** 31));
  url.searchParams.set("hub.mode", "subscribe");
  url.searchParams.set("hub.challenge", challenge);
  url.searchParams.set("hub.verify_token", verifyToken);
  const answer = await context.deliveries.wire.get(url.href);
  if (answer.status === 200 && answer.text.trim() === challenge) return;
  throw oauth(
    400,
    2200,
    `(#2200) Callback verification failed with the following errors: ${wordsOf(answer)}`,
  );
}

function wordsOf(answer: { status: number | null; error?: string }): string {
  if (answer.status === null) return `Could not be reached: ${answer.error ?? "no answer"}`;
  return answer.status === 200
    ? "HTTP Status Code = 200; the challenge was not echoed"
    : `HTTP Status Code = ${answer.status}`;
}

function parsedUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ["http:", "https:"].includes(url.protocol) ? url : undefined;
}
