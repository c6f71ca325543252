import { request } from "undici";

export type CallbackAnswer = { kind: "verified" } | { kind: "refused"; metaMessage: string };

const TIMEOUT_MS = 5000;
/** Meta sends a number and expects it back as it is; nobody needs more of the answer than this. */
const READ_AT_MOST = 200;

/**
 * Asks a webhook callback for the handshake that Meta asks before it subscribes (webhooks/getting-started):
 * the challenge must come back. Never throws, follows no redirect: Meta follows none.
 */
export async function askCallback(
  url: string,
  handshake: { verifyToken: string; challenge: string },
): Promise<CallbackAnswer> {
  const address = new URL(url);
  address.searchParams.set("hub.mode", "subscribe");
  address.searchParams.set("hub.verify_token", handshake.verifyToken);
  address.searchParams.set("hub.challenge", handshake.challenge);
  try {
    const answer = await request(address, { method: "GET", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const said = (await answer.body.text()).slice(0, READ_AT_MOST);
    if (answer.statusCode === 200 && said.trim() === handshake.challenge) return { kind: "verified" };
    return { kind: "refused", metaMessage: `HTTP ${answer.statusCode}` };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    return { kind: "refused", metaMessage: code.slice(0, 100) };
  }
}
