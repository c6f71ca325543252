import { z } from "@hono/zod-openapi";
import { roleShape, type Actor } from "../../../access/actor.ts";
import type { Person } from "../../../access/person-store.ts";

export const Email = z.email().max(254).openapi({ example: "olga@provider.example" });

/** Checked against the rules when one is chosen; here only what no password is longer than. */
export const Password = z.string().min(1).max(1000);

export const Code = z.string().min(1).max(40).openapi({
  example: "123456",
  description: "The code of the authenticator app, or one of the recovery codes. Each counts once.",
});

export const Token = z.string().min(1).max(100).openapi({ description: "From the link." });

const SessionPerson = z
  .object({
    email: z.string(),
    mfa: z.array(z.enum(["totp", "passkey"])).openapi({ description: "The second factors in force." }),
    has_password: z.boolean(),
    recovery_code_count: z.int().openapi({ description: "How many recovery codes are left." }),
  })
  .openapi("SessionPerson");

export const Session = z
  .object({
    actor: z.object({
      ...{ id: z.string(), name: z.string(), role: roleShape },
      client_id: z.string().optional().openapi({ description: "Only this client's WABAs. Missing: all." }),
      connection_id: z.string().optional().openapi({
        description: "Only this connection's WABAs. Missing: all.",
      }),
    }),
    person: SessionPerson.nullable().openapi({ description: "Null: signed in with an API key." }),
  })
  .openapi("Session");

export function renderSession(actor: Actor, person?: Person): z.input<typeof Session> {
  const { id, name, role, clientId, connectionId } = actor;
  return {
    actor: {
      ...{ id, name, role },
      ...(clientId !== null && { client_id: clientId }),
      ...(connectionId !== null && { connection_id: connectionId }),
    },
    person:
      person === undefined
        ? null
        : {
            email: person.email,
            mfa: [
              ...(person.hasTotp ? ["totp" as const] : []),
              ...(person.passkeyCount > 0 ? ["passkey" as const] : []),
            ],
            has_password: person.passwordHash !== null,
            recovery_code_count: person.recoveryCodeCount,
          },
  };
}
