import { z } from "@hono/zod-openapi";
import { MOST_CONTACTS } from "../../../onboarding/import/import-plan.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";

export const LanguageCode = z.enum(Object.keys(LANGUAGES) as [Language, ...Language[]]);

/** A person at a client whom the provider writes to. */
export const Contact = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    email: z.email().max(254).nullable().default(null),
    phone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, "a phone number with + and the country code, digits only")
      .nullable()
      .default(null)
      .openapi({ example: "+15550190001" }),
    language: LanguageCode.nullable()
      .default(null)
      .openapi({ description: "`null`: the language of the client." }),
  })
  .refine(({ email, phone }) => email !== null || phone !== null, "give an email or a phone")
  .openapi("ClientContact");

export const Contacts = z.array(Contact).max(MOST_CONTACTS);
