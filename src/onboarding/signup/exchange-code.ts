import type { RecordDeps } from "../../sharing/record/record-observation.ts";
import { deleteSecret, findSecret, saveSecret } from "../../credentials/secret-store.ts";
import { metaErrorOf } from "../../meta/error-code.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { metaMessageOf } from "../../sharing/evidence/evidence-table.ts";
import { endAttempt } from "./end-attempt.ts";
import { saveExchanged } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { attemptTokenPlaceOf, codePlaceOf } from "../signup-secrets.ts";
import { CODE_LIVES_MS, type Signup, type SignupAttempt } from "./signup.ts";
import type { ExitReasonCode } from "./exit-reason.ts";

/** "silent": Meta gave no answer and the code is still valid, so a retry is useful. */
export type Exchange = "exchanged" | "ended" | "silent";

/**
 * Exchanges the code for the client's business token and seals it. The code works once and for 30 s. A lost
 * answer cannot be read again.
 */
export async function exchangeCode(
  deps: RecordDeps & Pick<SignupDeps, "accountOf" | "keyring" | "termsOf">,
  input: { signup: Signup; attempt: SignupAttempt },
): Promise<Exchange> {
  const { signup, attempt } = input;
  const { connectionId } = signup;
  const place = { connectionId, id: attempt.id };
  const code = await findSecret(deps.db, deps.keyring, codePlaceOf(place));
  const account = deps.accountOf(connectionId);
  const terms = deps.termsOf(connectionId);
  if (code === undefined || account === undefined || terms === undefined) {
    await endAttempt(deps, {
      signup,
      attempt,
      outcome: "exchange_failed",
      metaMessage: null,
      unless: "token",
    });
    return "ended";
  }
  const reply = await account.graph.ask({
    method: "GET",
    path: "/oauth/access_token",
    query: { client_id: terms.appId, client_secret: terms.appSecret, code },
    token: null,
  });
  const token = reply.kind === "success" ? tokenIn(reply.body) : null;
  if (token !== null) {
    const now = deps.clock.now();
    await deps.db.transaction(async (tx) => {
      await saveSecret(tx, deps.keyring, attemptTokenPlaceOf(place), token);
      await deleteSecret(tx, codePlaceOf(place));
      await saveExchanged(tx, attempt.id, now);
    });
    return "exchanged";
  }
  const isAlive = deps.clock.now() - (attempt.codeAt ?? 0) < CODE_LIVES_MS;
  if (reply.kind === "no_answer" && isAlive) return "silent";
  const outcome = reply.kind === "no_answer" ? "code_expired" : faultOf(reply);
  // Another instance may have exchanged the code, and its token is valid.
  await endAttempt(deps, { signup, attempt, outcome, metaMessage: metaMessageOf(reply), unless: "token" });
  return "ended";
}

/** One library's docs call it `business_token`; Meta's answer is that of OAuth. */
function tokenIn(body: Record<string, unknown>): string | null {
  const token = body.access_token ?? body.business_token;
  return typeof token === "string" && token !== "" ? token : null;
}

function faultOf(reply: GraphReply): ExitReasonCode {
  const error = reply.kind === "refusal" ? metaErrorOf(reply.fault) : null;
  return error === "code_used" || error === "code_expired" ? error : "exchange_failed";
}
