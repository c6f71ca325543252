import type { OwnSession } from "../../access/choose-password.ts";
import type { Caller } from "../../access/find-caller.ts";
import { readPasskeys } from "../../access/passkey-store.ts";
import { findPersonOfSession } from "../../access/session-store.ts";
import { Problem } from "../../problems.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { CallAct } from "./route.ts";

/** How long after the sign-in a person may change what they sign in with, in ms. */
const FRESH_MS = 10 * 60_000;

interface OwnCall {
  deps: Pick<HttpDeps, "db" | "wallClock">;
  sessionId: string | null;
  act: Pick<CallAct, "note">;
}

/** @throws Problem person_only for a key, and for a session that was opened with one */
export async function getOwnSession(call: OwnCall): Promise<OwnSession> {
  const { sessionId, personId } = await findOwn(call);
  return { sessionId, personId };
}

interface FreshCall extends OwnCall {
  deps: Pick<HttpDeps, "db" | "wallClock" | "settings">;
  caller: Pick<Caller, "isSingleFactor">;
}

/**
 * The same, of a sign-in of the last ten minutes: whoever finds an open browser, or took a session's cookie,
 * must not add a way to sign in that outlives the session. Where two factors are required, nor must whoever
 * knows only the password of somebody who has a passkey.
 *
 * @throws Problem person_only, sign_in_again or second_factor_needed
 */
export async function getFreshSession(call: FreshCall): Promise<OwnSession> {
  const { sessionId, personId, openedAt } = await findOwn(call);
  const isPartial = call.caller.isSingleFactor && call.deps.settings.secondFactor === "required";
  if (isPartial && (await readPasskeys(call.deps.db, personId)).length > 0)
    throw new Problem("second_factor_needed");
  if (call.deps.wallClock.now() - openedAt > FRESH_MS)
    throw new Problem("sign_in_again", { minutes: String(FRESH_MS / 60_000) });
  return { sessionId, personId };
}

async function findOwn({
  deps,
  sessionId,
  act,
}: OwnCall): Promise<{ sessionId: string; personId: string; openedAt: number }> {
  const found = sessionId === null ? undefined : await findPersonOfSession(deps.db, sessionId);
  if (sessionId === null || found === undefined) throw new Problem("person_only");
  act.note({ target: { type: "person", id: found.personId } });
  return { sessionId, ...found };
}
