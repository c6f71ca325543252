import { z } from "@hono/zod-openapi";
import { acceptInvitation, findInvited } from "../../../access/accept-invitation.ts";
import { roleShape } from "../../../access/actor.ts";
import { claimFirstAdmin } from "../../../access/claim-first-admin.ts";
import { newId } from "../../../lib/new-id.ts";
import { Problem } from "../../../problems.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Code, Email, Password, renderSession, Session, Token } from "./session-schema.ts";
import { startPersonSession } from "./start-session.ts";

const Invited = z
  .object({
    email: z.string(),
    name: z.string(),
    role: roleShape,
    needs_totp: z.boolean().openapi({ description: "Whether `totp` is to be sent with the password." }),
  })
  .openapi("Invited");

const AcceptAnswer = z
  .object({
    invited: Invited,
    session: Session.nullable().openapi({ description: "Null while no password was sent." }),
  })
  .openapi("AcceptedInvitation");

const accept = defineRoute({
  method: "POST",
  path: "/api/v1/session/invitation",
  who: "anyone",
  name: "acceptInvitation",
  group: "Session",
  summary: "Accept an invitation: show whom it is for, or choose a password and sign in",
  description:
    "With `token` alone, answers for whom the link is and uses nothing up. With `password` too, the password is " +
    "set, the link is used up, and the cookie of a session is set.",
  body: z.strictObject({ token: Token, password: Password.optional(), totp: Code.optional() }),
  answer: { status: 200, description: "Whom it is for; with a password, signed in.", schema: AcceptAnswer },
  problems: [
    ...(["invitation_ended", "weak_password", "totp_needed", "wrong_sign_in"] as const),
    ...(["too_many_sign_ins", "passwords_off"] as const),
  ],
  audit: "invitation.opened",
  async handle(call) {
    const { token, password, totp } = call.body;
    const deps = { ...call.deps, clock: call.deps.wallClock };
    const { id, email, name, role, hasTotp } = await findInvited(deps, token);
    call.act.by({ id, name });
    call.act.note({ target: { type: "person", id }, detail: { accepted: password !== undefined } });
    const invited = { email, name, role, needs_totp: hasTotp };
    if (password === undefined) return { invited, session: null };
    if (!deps.settings.passwords) throw new Problem("passwords_off");
    const person = await deps.signInGuard.run(call.incoming, email, () =>
      acceptInvitation(deps, { token, password, totp }),
    );
    return { invited, session: renderSession(await startPersonSession(call, person, "link"), person) };
  },
});

const firstAdmin = defineRoute({
  method: "POST",
  path: "/api/v1/session/first-admin",
  who: "anyone",
  name: "claimFirstAdmin",
  group: "Session",
  summary: "Become the first administrator, by the link that the server printed at its start",
  body: z.strictObject({
    token: Token,
    name: z.string().trim().min(1).max(100),
    email: Email,
    password: Password,
  }),
  answer: { status: 200, description: "Signed in as an administrator.", schema: Session },
  problems: ["invitation_ended", "weak_password", "email_taken", "too_many_sign_ins", "passwords_off"],
  audit: "person.first_admin_made",
  async handle(call) {
    const deps = { ...call.deps, clock: call.deps.wallClock };
    if (!deps.settings.passwords) throw new Problem("passwords_off");
    const { name, email } = call.body;
    const id = newId("usr", deps.random);
    call.act.by({ id, name });
    call.act.note({ target: { type: "person", id }, after: { email, name, role: "admin" } });
    const person = await deps.hasher.inTurn(() => claimFirstAdmin(deps, { ...call.body, id }));
    return renderSession(await startPersonSession(call, person, "link"), person);
  },
});

export const invitationRoutes: Route[] = [accept, firstAdmin];
