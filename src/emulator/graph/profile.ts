/** `whatsapp_business_profile` of a number. Source: OpenAPI of the business messaging API (2025-11). */
import type { BusinessProfile } from "../world/world.ts";
import { reachedNumber } from "./access.ts";
import { managedNumberOf } from "./managed-number.ts";
import { oauth, parameterRequired } from "./errors.ts";
import { answerOf, isRecord, listParamOf, paramOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

const SOURCE = "Business profile, OpenAPI of the business messaging API (2025-11)";

export const PROFILE_ROUTES: readonly GraphRoute[] = [
  { method: "GET", edge: "whatsapp_business_profile", source: SOURCE, handle: read },
  { method: "POST", edge: "whatsapp_business_profile", source: SOURCE, handle: write },
];

const TEXTS = ["about", "address", "description", "email", "vertical"] as const;
const FIELDS: readonly string[] = [...TEXTS, "websites", "profile_picture_url"];

/** Without `fields` Meta shows the product alone. */
function read(call: GraphCall): GraphAnswer {
  const number = reachedNumber(call.world, call.caller, call.request, call.id);
  const wanted = paramOf(call.request, "fields") ? (listParamOf(call.request, "fields") ?? []) : [];
  const unknown = wanted.find((field) => !FIELDS.includes(field));
  if (unknown)
    throw oauth(
      400,
      100,
      `(#100) Param fields must be one of {${FIELDS.join(", ")}} - got value "${unknown}".`,
    );
  const profile = { vertical: "UNDEFINED", ...number.profile };
  const shown = Object.entries(profile).filter(([name]) => wanted.includes(name));
  return answerOf({ data: [{ ...Object.fromEntries(shown), messaging_product: "whatsapp" }] });
}

function write(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  if (paramOf(call.request, "messaging_product") !== "whatsapp") throw parameterRequired("messaging_product");
  const given: BusinessProfile = {};
  for (const name of TEXTS) {
    const text = paramOf(call.request, name);
    if (text !== undefined) given[name] = text;
  }
  const websites = isRecord(call.request.body) ? call.request.body["websites"] : undefined;
  if (Array.isArray(websites)) given.websites = websites.map(String);
  number.profile = { ...number.profile, ...given };
  call.context.store.changed();
  return answerOf({ success: true });
}
