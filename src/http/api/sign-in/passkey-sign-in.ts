import { z } from "@hono/zod-openapi";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { actorOf } from "../../../access/actor.ts";
import { openPasskeySignIn, verifyPasskey } from "../../../access/verify-passkey.ts";
import { laterProblem, Problem } from "../../../problems.ts";
import { getPasskeySite } from "../../kit/passkey-site.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { takeStart } from "../../kit/sign-in-starts.ts";
import { renderSession, Session } from "../session/session-schema.ts";
import { startSession } from "../session/start-session.ts";

const RequestOptions = z.looseObject({}).openapi("PasskeyRequestOptions", {
  description: "PublicKeyCredentialRequestOptionsJSON, for PublicKeyCredential.parseRequestOptionsFromJSON.",
});

const Text = z.string().max(20_000);

const Answer = z
  .object({
    id: Text,
    rawId: Text,
    type: z.literal("public-key"),
    response: z.object({
      clientDataJSON: Text,
      authenticatorData: Text,
      signature: Text,
      userHandle: Text.optional(),
    }),
    clientExtensionResults: z.looseObject({}).default({}),
  })
  .openapi("PasskeyAnswer", {
    description: "AuthenticationResponseJSON: what toJSON() of the credential returns.",
  });

const options = defineRoute({
  method: "POST",
  path: "/api/v1/session/passkey/options",
  who: "anyone",
  name: "beginPasskeySignIn",
  group: "Session",
  summary: "Begin to sign in with a passkey",
  description: "Needs no name: the browser offers its passkeys. The challenge counts once, for five minutes.",
  body: z.strictObject({}),
  answer: { status: 200, description: "Options for the browser.", schema: RequestOptions },
  problems: ["passkeys_need_name", "too_many_sign_ins"],
  audit: null,
  async handle({ deps, request, incoming }) {
    const site = getPasskeySite(deps, request);
    const waitMs = takeStart(deps, incoming);
    if (waitMs > 0) throw laterProblem("too_many_sign_ins", waitMs);
    return { ...(await openPasskeySignIn({ db: deps.db, clock: deps.wallClock }, site)) };
  },
});

const signIn = defineRoute({
  method: "POST",
  path: "/api/v1/session/passkey",
  who: "anyone",
  name: "openPasskeySession",
  group: "Session",
  summary: "Sign in with a passkey",
  description:
    "Answers with the session's cookie. The passkey verifies its person, so it counts as two factors.",
  body: Answer,
  answer: { status: 200, description: "Signed in; the cookie is set.", schema: Session },
  problems: ["passkeys_need_name", "passkey_refused"],
  audit: "session.opened",
  async handle(call) {
    const { deps, body, request } = call;
    const own = { ...deps, clock: deps.wallClock };
    const response: AuthenticationResponseJSON = {
      ...body,
      response: { ...body.response, userHandle: body.response.userHandle ?? "" },
    };
    const site = getPasskeySite(deps, request);
    const found = await call.act.aside(() => verifyPasskey(own, { site, response }));
    if (typeof found === "string") throw new Problem("passkey_refused", { why: found });
    const { person, passkeyId } = found;
    const { id: personId, credentialVersion: personVersion } = person;
    call.act.by(person);
    await startSession(call, { with: "passkey", personId, personVersion, passkeyId });
    return renderSession(actorOf(personId, person.name, person.role), person);
  },
});

export const passkeySignInRoutes: Route[] = [options, signIn];
