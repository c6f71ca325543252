import type { IncomingMessage } from "node:http";
import { parse } from "hono/utils/cookie";
import { actorOf, type Actor } from "../../../access/actor.ts";
import { keyHashOf } from "../../../access/api-key.ts";
import { openSession } from "../../../access/open-session.ts";
import type { Person } from "../../../access/person-store.ts";
import { deleteSession, type Credential } from "../../../access/session-store.ts";
import { sessionCookieOf } from "../../kit/authenticate.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { CallAct } from "../../kit/route.ts";
import { sessionCookie } from "../../kit/session-cookie.ts";

/** What a sign-in needs of its call. */
export interface SignInCall {
  deps: HttpDeps;
  request: Request;
  incoming: IncomingMessage;
  answerHeaders: Headers;
  act: CallAct;
}

/**
 * Signs in the browser of this call: a new session and its cookie. A session that the browser had before
 * ends, so that nobody goes on in one that another person has prepared.
 */
export async function startSession(call: SignInCall, credential: Credential): Promise<void> {
  const { deps, request, incoming } = call;
  const old = sessionTokenOf(call);
  if (old !== undefined) await call.act.aside(() => deleteSession(deps.db, keyHashOf(old)));
  const { token } = await openSession(
    { ...deps, clock: deps.wallClock },
    {
      credential,
      address: deps.addressOf(incoming),
      agent: request.headers.get("user-agent"),
    },
    call.act,
  );
  setSessionCookie(call, token);
}

/** Signs in a person and returns the actor that it is from now on. */
export async function startPersonSession(
  call: SignInCall,
  person: Person,
  how: "password" | "link",
): Promise<Actor> {
  call.act.by(person);
  await startSession(call, { with: how, personId: person.id, personVersion: person.credentialVersion });
  return { ...actorOf(person.id, person.name, person.role), clientId: person.clientId };
}

/** The token in the cookie of this call. */
export function sessionTokenOf({ deps, request }: Pick<SignInCall, "deps" | "request">): string | undefined {
  const name = sessionCookieOf(deps.settings);
  return parse(request.headers.get("cookie") ?? "", name)[name];
}

/** Sets the cookie; an empty token takes it away. */
export function setSessionCookie(
  { deps, answerHeaders }: Pick<SignInCall, "deps" | "answerHeaders">,
  token: string,
): void {
  answerHeaders.append("Set-Cookie", sessionCookie(deps, token, token === "" ? 0 : deps.sessionMs / 1000));
}
