import { z } from "@hono/zod-openapi";
import { changePerson, removePerson } from "../../../access/change-person.ts";
import { roleShape } from "../../../access/actor.ts";
import { inviteAgain, invitePerson, type Invitation } from "../../../access/invite-person.ts";
import { PERSON_STATES, findPerson, readPeople, type Person } from "../../../access/person-store.ts";
import { releaseOwned } from "../../../cases/release-owned.ts";
import type { Tx } from "../../../database/database.ts";
import { newId } from "../../../lib/new-id.ts";
import { Problem } from "../../../problems.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { Instant } from "../wabas/waba-schema.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type CallAct, type Route } from "../../kit/route.ts";

const PersonId = z.object({ id: z.string().max(64) });
const Name = z.string().trim().min(1).max(100);
const ClientId = z.string().max(64).openapi({
  description: "With the role `client`, and only then: whose WABAs this person sees.",
});

const User = z
  .object({
    id: z.string().openapi({ example: "usr_0c6v2h3k9m4n7p8q1r5t" }),
    email: z.string().openapi({ example: "olga@provider.example" }),
    name: z.string(),
    role: roleShape,
    client_id: z.string().optional(),
    state: z.enum(PERSON_STATES).openapi({
      description: "invited: no way to sign in yet. suspended: signed out, and cannot sign in.",
    }),
    last_seen_at: Instant.nullable().openapi({ description: "To the minute. Null: never." }),
    mfa: z.array(z.enum(["totp", "passkey"])).openapi({ description: "The second factors in force." }),
  })
  .openapi("User");

const InvitedUser = User.extend({
  invitation: z
    .object({
      url: z.string().openapi({ description: "Lets this person in once. Shown only here." }),
      expires_at: Instant,
    })
    .openapi("Invitation"),
}).openapi("InvitedUser");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/users",
  who: "admin",
  name: "listUsers",
  group: "People",
  summary: "Everybody who may sign in",
  answer: {
    status: 200,
    description: "By name.",
    schema: z.object({ data: z.array(User) }).openapi("UserList"),
  },
  problems: [],
  audit: null,
  handle: async ({ deps }) => ({ data: (await readPeople(deps.db)).map(renderUser) }),
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/users",
  who: "admin",
  name: "createUser",
  group: "People",
  summary: "Add a person, with a link that lets them in",
  description: "The link is valid for 7 days. Send it yourself; it is shown only once.",
  body: z.strictObject({
    email: z.email().max(254),
    name: Name,
    role: roleShape,
    client_id: ClientId.optional(),
  }),
  answer: { status: 201, description: "The person and the invitation.", schema: InvitedUser },
  problems: ["email_taken", "client_not_found", "foreign_origin"],
  audit: "person.invited",
  async handle({ deps, body, actor, act }) {
    const { email, name, role, client_id: clientId = null } = body;
    if ((role === "client") !== (clientId !== null))
      throw new Problem("invalid_request", {
        faults: "client_id (body): the role client needs one, and no other role has one",
      });
    const id = newId("usr", deps.random);
    act.note({ target: { type: "person", id } });
    watchPerson(act, id);
    const input = { id, email, name, role, clientId, by: actor.id };
    const { person, invitation } = await invitePerson(wallDepsOf(deps), input);
    return { ...renderUser(person), invitation: renderInvitation(deps, invitation) };
  },
});

const invite = defineRoute({
  method: "POST",
  path: "/api/v1/users/{id}/invitations",
  who: "admin",
  name: "inviteUser",
  group: "People",
  summary: "A new link for a person, in place of the old one",
  description: "Valid for 7 days. Somebody who has a password chooses a new one with it.",
  params: PersonId,
  body: z.strictObject({}),
  answer: { status: 201, description: "The person and the invitation.", schema: InvitedUser },
  problems: ["person_not_found", "person_suspended", "foreign_origin"],
  audit: "person.invited_again",
  async handle({ deps, params, actor }) {
    const input = { id: params.id, by: actor.id };
    const { person, invitation } = await inviteAgain(wallDepsOf(deps), input);
    return { ...renderUser(person), invitation: renderInvitation(deps, invitation) };
  },
});

const change = defineRoute({
  method: "PATCH",
  path: "/api/v1/users/{id}",
  who: "admin",
  name: "changeUser",
  group: "People",
  summary: "Change a person's name, role or client, suspend them, or reset their second factors",
  description: "In force at once, in every session and stream.",
  params: PersonId,
  body: z.strictObject({
    name: Name.optional(),
    role: roleShape.optional(),
    client_id: ClientId.nullable().optional(),
    state: z.enum(["active", "suspended"]).optional().openapi({
      description: "`active` ends a suspension; somebody who never signed in is invited again.",
    }),
    mfa: z.tuple([]).optional().openapi({
      type: "array",
      maxItems: 0,
      description:
        "`[]`: the authenticator app, recovery codes and passkeys are forgotten, and sessions end.",
    }),
  }),
  answer: { status: 200, description: "The person as it is now.", schema: User },
  problems: ["person_not_found", "client_not_found", "last_admin", "foreign_origin"],
  audit: "person.changed",
  async handle({ deps, params, body, act }) {
    watchPerson(act, params.id);
    const { name, role, client_id: clientId, state, mfa } = body;
    const change = { name, role, clientId, state, resetsMfa: mfa !== undefined };
    const { after } = await changePerson(peopleDepsOf(deps), params.id, change);
    return renderUser(after);
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/users/{id}",
  who: "admin",
  name: "deleteUser",
  group: "People",
  summary: "Remove a person; what they did stays in the audit",
  description: "Nobody is on their WABAs and clients afterwards. Suspending keeps them.",
  params: PersonId,
  answer: { status: 204, description: "Removed, with their sessions and streams." },
  problems: ["person_not_found", "last_admin", "foreign_origin"],
  audit: "person.deleted",
  async handle({ deps, params, act, by }) {
    watchPerson(act, params.id);
    const release = (tx: Tx, person: Person): Promise<void> => releaseOwned(tx, deps, { person, by });
    await removePerson(peopleDepsOf(deps), { id: params.id, release });
    deps.wake();
    return null;
  },
});

/** What the audit says of a change. */
function watchPerson(act: CallAct, id: string): void {
  act.watch(async (sql) => {
    const person = await findPerson(sql, id);
    return person === undefined ? null : renderUser(person);
  });
}

/** Links and sessions go by the wall clock. */
const wallDepsOf = (deps: HttpDeps): HttpDeps => ({ ...deps, clock: deps.wallClock });

const peopleDepsOf = ({
  db,
  settings,
}: Pick<HttpDeps, "db" | "settings">): Parameters<typeof changePerson>[0] => ({
  db,
  passwords: settings.passwords,
});

function renderUser(person: Person): z.input<typeof User> {
  const { id, email, name, role, clientId, state, lastSeenAt, hasTotp, passkeyCount } = person;
  return {
    ...{ id, email, name, role, state },
    ...(clientId !== null && { client_id: clientId }),
    last_seen_at: lastSeenAt === null ? null : isoOf(lastSeenAt),
    mfa: [...(hasTotp ? ["totp" as const] : []), ...(passkeyCount > 0 ? ["passkey" as const] : [])],
  };
}

const renderInvitation = (
  deps: Pick<HttpDeps, "baseUrl">,
  { token, expiresAt }: Invitation,
): z.input<typeof InvitedUser>["invitation"] => ({
  url: `${deps.baseUrl()}/sign-in#invitation=${token}`,
  expires_at: isoOf(expiresAt),
});

export const userRoutes: Route[] = [list, create, invite, change, remove];
