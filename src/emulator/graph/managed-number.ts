import type { PhoneNumber, Waba } from "../world/world.ts";
import { reachedNumber, requireFullControl } from "./access.ts";
import type { GraphCall } from "./route.ts";

/** The number of a call that writes: it needs a share with full control. */
export function managedNumberOf(call: GraphCall): PhoneNumber {
  const number = reachedNumber(call.world, call.caller, call.request, call.id);
  requireFullControl(call.world, call.caller, call.world.wabas[number.wabaId] as Waba);
  return number;
}
