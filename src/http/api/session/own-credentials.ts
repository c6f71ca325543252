import { z } from "@hono/zod-openapi";
import { choosePassword } from "../../../access/choose-password.ts";
import { beginTotp, completeTotp, removeTotp } from "../../../access/enrol-totp.ts";
import { Problem } from "../../../problems.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { getFreshSession, getOwnSession } from "../../kit/own-session.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Code, Password } from "./session-schema.ts";
import { setSessionCookie } from "./start-session.ts";

const AFTER_SIGN_IN = "Only within ten minutes after the sign-in.";
const ENDS_OTHERS = "Every other session of this person ends; this one goes on with a new cookie.";

const setPassword = defineRoute({
  method: "PUT",
  path: "/api/v1/session/password",
  who: "viewer",
  confinedBy: "nothing",
  name: "changePassword",
  group: "Session",
  summary: "Change the own password",
  description: `12 to 128 characters, and not easy to guess. ${ENDS_OTHERS}`,
  body: z.strictObject({ current: Password, new: Password }),
  answer: { status: 204, description: "Changed." },
  problems: [
    ...(["person_only", "wrong_password", "weak_password", "passwords_off"] as const),
    ...(["too_many_sign_ins", "foreign_origin"] as const),
  ],
  audit: "person.password_changed",
  async handle(call) {
    const { deps, body, actor } = call;
    const own = await getOwnSession(call);
    if (!deps.settings.passwords) throw new Problem("passwords_off");
    const token = await deps.signInGuard.run(call.incoming, actor.id, () =>
      choosePassword(deps, own, { current: body.current, next: body.new }),
    );
    setSessionCookie(call, token);
    return null;
  },
});

const begin = defineRoute({
  method: "POST",
  path: "/api/v1/session/totp",
  who: "viewer",
  confinedBy: "nothing",
  name: "beginTotp",
  group: "Session",
  summary: "Begin with an authenticator app: its secret, shown once",
  description: `Nothing is in force before a code confirms it. ${AFTER_SIGN_IN}`,
  body: z.strictObject({}),
  answer: {
    status: 201,
    description: "The secret, and the address for a QR code.",
    schema: z
      .object({
        secret: z.string().openapi({ description: "Base 32, for typing." }),
        url: z.string().openapi({ description: "otpauth://…, for a QR code." }),
      })
      .openapi("NewTotp"),
  },
  problems: ["person_only", "sign_in_again", "totp_in_force", "foreign_origin"],
  audit: "person.totp_begun",
  handle: async (call) => beginTotp(wallDepsOf(call.deps), (await getFreshSession(call)).personId),
});

const confirm = defineRoute({
  method: "PUT",
  path: "/api/v1/session/totp",
  who: "viewer",
  confinedBy: "nothing",
  name: "confirmTotp",
  group: "Session",
  summary: "Put the authenticator app in force by its first code",
  description: `Answers ten recovery codes, shown once. ${ENDS_OTHERS}`,
  body: z.strictObject({ code: Code }),
  answer: {
    status: 200,
    description: "In force.",
    schema: z.object({ recovery_codes: z.array(z.string()) }).openapi("RecoveryCodes"),
  },
  problems: ["person_only", "totp_in_force", "totp_not_begun", "wrong_code", "foreign_origin"],
  audit: "person.totp_confirmed",
  async handle(call) {
    const own = await getOwnSession(call);
    const { token, recoveryCodes } = await completeTotp(wallDepsOf(call.deps), own, call.body.code);
    setSessionCookie(call, token);
    return { recovery_codes: recoveryCodes };
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/session/totp",
  who: "viewer",
  confinedBy: "nothing",
  name: "removeTotp",
  group: "Session",
  summary: "Remove the own authenticator app",
  description: `Send the password; somebody without a password sends a code. ${ENDS_OTHERS}`,
  body: z.strictObject({ password: Password.optional(), totp: Code.optional() }),
  answer: { status: 204, description: "No second factor of this kind any more." },
  problems: ["person_only", "wrong_password", "wrong_code", "too_many_sign_ins", "foreign_origin"],
  audit: "person.totp_removed",
  async handle(call) {
    const own = await getOwnSession(call);
    const token = await call.deps.signInGuard.run(call.incoming, call.actor.id, () =>
      removeTotp(wallDepsOf(call.deps), own, call.body),
    );
    setSessionCookie(call, token);
    return null;
  },
});

/** Codes and links go by the wall clock. */
const wallDepsOf = (deps: HttpDeps): HttpDeps => ({ ...deps, clock: deps.wallClock });

export const ownCredentialRoutes: Route[] = [setPassword, begin, confirm, remove];
