import type { Context } from "hono";
import { CLIENT } from "../../../recovery/record-signal.ts";
import { findSignedIn } from "../../kit/authenticate.ts";
import type { HttpEnv } from "../../kit/http-env.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";

/** Who has the client's page open. */
export interface Viewer {
  /**
   * A preview: one of the provider's people sees the client's page, and nothing done there counts as the
   * client's word.
   */
  isPreview: boolean;
  /** The actor of a command: the signed-in person of the provider, else the client, who holds the link. */
  actor: string;
}

/**
 * A browser that is signed in to the Hub gets a preview, and so does an address that requests one. Somebody
 * who comes from the client's portal is the client.
 */
export async function readViewer(
  deps: Pick<HttpDeps, "db" | "settings" | "sessionRules" | "wallClock">,
  call: Context<HttpEnv>,
): Promise<Viewer> {
  const signedIn = await findSignedIn(deps, call);
  const actor = signedIn?.role === "client" ? undefined : signedIn;
  const isPreview = actor !== undefined || call.req.query("preview") !== undefined;
  return { isPreview, actor: actor?.id ?? CLIENT };
}
