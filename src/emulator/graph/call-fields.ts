import { parseFields } from "./fields.ts";
import type { Field } from "./fields.ts";
import { listParamOf, paramOf } from "./request.ts";
import type { GraphCall } from "./route.ts";

/** The `fields` parameter, parsed; null when absent. A list in brackets is accepted as well. */
export function fieldsOf(call: GraphCall): Field[] | null {
  const text = paramOf(call.request, "fields");
  if (!text) return null;
  return parseFields(text.startsWith("[") ? (listParamOf(call.request, "fields") ?? []).join(",") : text);
}
