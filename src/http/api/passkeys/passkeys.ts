import { z } from "@hono/zod-openapi";
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { keepAdmin } from "../../../access/lock-people.ts";
import type { Actor } from "../../../access/actor.ts";
import { deletePasskey, insertPasskey, readPasskeys, type Passkey } from "../../../access/passkey-store.ts";
import { findPerson, type Person } from "../../../access/person-store.ts";
import { openPasskeyRegistration, verifyNewPasskey } from "../../../access/register-passkey.ts";
import { Problem } from "../../../problems.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { listOf } from "../../kit/list-schema.ts";
import { getFreshSession } from "../../kit/own-session.ts";
import { getPasskeySite } from "../../kit/passkey-site.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import { Instant } from "../wabas/waba-schema.ts";

const PasskeyShape = z
  .object({
    id: z.string().openapi({ description: "The credential's id, base64url." }),
    name: z.string(),
    created_at: Instant,
    last_used_at: Instant.nullable(),
    is_backed_up: z.boolean().openapi({
      description:
        "Whether the browser or phone keeps a copy in an account, so that it survives a lost device.",
    }),
  })
  .openapi("Passkey");

const CreationOptions = z.looseObject({}).openapi("PasskeyCreationOptions", {
  description:
    "PublicKeyCredentialCreationOptionsJSON, for PublicKeyCredential.parseCreationOptionsFromJSON.",
});

const Text = z.string().max(20_000);

const NewPasskey = z.strictObject({
  name: z.string().trim().min(1).max(100).openapi({ description: "How the person tells it from others." }),
  response: z
    .object({
      id: Text,
      rawId: Text,
      type: z.literal("public-key"),
      response: z.object({
        clientDataJSON: Text,
        attestationObject: Text,
        transports: z.array(z.string().max(32)).max(10).default([]),
      }),
      clientExtensionResults: z.looseObject({}).default({}),
    })
    .openapi({ description: "RegistrationResponseJSON: what toJSON() of the new credential returns." }),
});

const options = defineRoute({
  method: "POST",
  path: "/api/v1/passkeys/options",
  who: "viewer",
  confinedBy: "nothing",
  name: "beginPasskey",
  group: "Session",
  summary: "Begin to add a passkey to your own account",
  description:
    "What the browser needs to make it. The challenge counts once, for five minutes. Only within ten minutes after the sign-in.",
  body: z.strictObject({}),
  answer: { status: 200, description: "Options for the browser.", schema: CreationOptions },
  problems: ["person_only", "sign_in_again", "passkeys_need_name", "foreign_origin"],
  audit: null,
  async handle(call) {
    const { deps, actor, request } = call;
    await getFreshSession(call);
    const person = await getPerson(deps, actor);
    const site = getPasskeySite(deps, request);
    const own = { db: deps.db, clock: deps.wallClock };
    const made = await openPasskeyRegistration(own, { person, site, siteName: "Sharekeeper" });
    return { ...made };
  },
});

const add = defineRoute({
  method: "POST",
  path: "/api/v1/passkeys",
  who: "viewer",
  confinedBy: "nothing",
  name: "addPasskey",
  group: "Session",
  summary: "Add a passkey to your own account",
  body: NewPasskey,
  answer: { status: 201, description: "The passkey can sign in from now on.", schema: PasskeyShape },
  problems: ["person_only", "passkeys_need_name", "passkey_refused", "foreign_origin"],
  audit: "passkey.added",
  async handle({ deps, actor, act, body, request }) {
    const person = await getPerson(deps, actor);
    const site = getPasskeySite(deps, request);
    const own = { db: deps.db, clock: deps.wallClock };
    const response: RegistrationResponseJSON = body.response;
    const passkey = await act.aside(() => verifyNewPasskey(own, { person, site, name: body.name, response }));
    if (typeof passkey === "string") throw new Problem("passkey_refused", { why: passkey });
    act.note({ target: { type: "passkey", id: passkey.id }, after: { name: passkey.name } });
    await deps.db.transaction(async (tx) => {
      if (!(await insertPasskey(tx, passkey)))
        throw new Problem("passkey_refused", { why: "it is known already" });
    });
    return renderPasskey(passkey);
  },
});

const list = defineRoute({
  method: "GET",
  path: "/api/v1/passkeys",
  who: "viewer",
  confinedBy: "nothing",
  name: "listPasskeys",
  group: "Session",
  summary: "Your own passkeys, oldest first",
  answer: { status: 200, description: "All of them.", schema: listOf(PasskeyShape) },
  problems: ["person_only"],
  audit: null,
  async handle({ deps, actor }) {
    const person = await getPerson(deps, actor);
    const passkeys = await readPasskeys(deps.db, person.id);
    return { data: passkeys.map(renderPasskey), has_more: false, next_cursor: null };
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/passkeys/{id}",
  who: "viewer",
  confinedBy: "nothing",
  name: "deletePasskey",
  group: "Session",
  summary: "Remove one of your own passkeys",
  description: "Sessions that were opened with it end at once. Only within ten minutes after the sign-in.",
  params: z.object({ id: z.string().max(2000) }),
  answer: { status: 204, description: "It no longer signs in." },
  problems: ["person_only", "sign_in_again", "passkey_not_found", "last_admin", "foreign_origin"],
  audit: "passkey.removed",
  async handle(call) {
    const { deps, params } = call;
    const { personId } = await getFreshSession(call);
    // Refused inside the transaction, so that the audit does not say that a passkey was removed.
    await deps.db.transaction((tx) =>
      keepAdmin(tx, deps.settings.passwords, async () => {
        if (!(await deletePasskey(tx, personId, params.id))) throw new Problem("passkey_not_found");
      }),
    );
    return null;
  },
});

/** @throws Problem person_only for a key */
async function getPerson({ db }: Pick<HttpDeps, "db">, actor: Actor): Promise<Person> {
  const person = await findPerson(db, actor.id);
  if (person === undefined) throw new Problem("person_only");
  return person;
}

function renderPasskey(passkey: Passkey): z.input<typeof PasskeyShape> {
  return {
    id: passkey.id,
    name: passkey.name,
    created_at: isoOf(passkey.createdAt),
    last_used_at: isoOrNull(passkey.lastUsedAt),
    is_backed_up: passkey.isBackedUp,
  };
}

export const passkeyRoutes: Route[] = [options, add, list, remove];
