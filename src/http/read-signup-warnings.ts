import { findingOf } from "../sharing/evidence.ts";
import { readEars } from "../sharing/ear-store.ts";
import { expectedReplyOf } from "../meta/expected-reply.ts";
import en from "../texts/en.json" with { type: "json" };
import type { HttpDeps } from "./http-deps.ts";
import { renderEar } from "./render-ear.ts";

export interface SignupWarning {
  code: string;
  text: string;
}

const TIMEOUT_MS = 2500;

/**
 * What would stop a client who is invited now: our token at Meta, asked this instant, and what the last checks of the connection found
 * broken. A warning and no refusal: it may be repaired before the client opens the invitation.
 */
export async function readSignupWarnings(
  deps: Pick<HttpDeps, "db" | "accountOf">,
  connectionId: string,
): Promise<SignupWarning[]> {
  const token = await tokenWarningOf(deps, connectionId);
  const ears = (await readEars(deps.db)).get(connectionId) ?? [];
  const broken = ears.map(renderEar).filter(({ ok, check }) => !ok && (check !== "token" || token === null));
  return [
    ...(token === null ? [] : [token]),
    ...broken.map(({ outcome, words, mend }) => ({
      code: outcome,
      text: [words, mend].filter((part) => part !== null).join(" "),
    })),
  ];
}

async function tokenWarningOf(
  { accountOf }: Pick<HttpDeps, "accountOf">,
  connectionId: string,
): Promise<SignupWarning | null> {
  const account = accountOf(connectionId);
  if (account === undefined) return null;
  const { graph, token, businessId } = account;
  const path = `/${businessId}`;
  const reply = await graph.ask({
    method: "GET",
    path,
    query: { fields: "id" },
    token,
    timeoutMs: TIMEOUT_MS,
  });
  const evidence = findingOf(expectedReplyOf(reply));
  if (evidence.finding !== "nothing") return null;
  const code = evidence.reason === "provider_token_invalid" ? evidence.reason : "meta_unreachable";
  return { code, text: en.signup_warning[code] };
}
