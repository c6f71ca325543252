/**
 * Short ways through a large world: what belongs to whom, in the order of the world. Made when first asked for and forgotten
 * after each change of the world's structure, so that nobody has to keep it up to date.
 */
import { digitsOf } from "./world.ts";
import type { PhoneNumber, Waba, World } from "./world.ts";

export interface WorldIndex {
  /** WABAs that stand, by the portfolio that owns them. */
  owned: Map<string, Waba[]>;
  /** WABAs that stand, by the portfolio they are shared with. */
  shared: Map<string, Waba[]>;
  /** WABAs that stand, by a system user that tasks were given to. */
  assigned: Map<string, Waba[]>;
  /** Numbers that stand, by their digits. */
  byDigits: Map<string, PhoneNumber>;
  /** Numbers that stand and live in the WhatsApp Business app. */
  inApp: PhoneNumber[];
}

const indexes = new WeakMap<World, WorldIndex>();

export function indexOf(world: World): WorldIndex {
  const known = indexes.get(world);
  if (known) return known;
  const index: WorldIndex = {
    owned: new Map(),
    shared: new Map(),
    assigned: new Map(),
    byDigits: new Map(),
    inApp: [],
  };
  for (const waba of Object.values(world.wabas)) if (!waba.deleted) addWaba(index, waba);
  for (const number of Object.values(world.numbers)) if (!number.deleted) addNumber(index, number);
  indexes.set(world, index);
  return index;
}

/** To be called after a change of who owns, shares, was assigned or holds what. */
export function forgetIndex(world: World): void {
  indexes.delete(world);
}

function addWaba(index: WorldIndex, waba: Waba): void {
  push(index.owned, waba.businessId, waba);
  for (const partnerId in waba.partners) push(index.shared, partnerId, waba);
  for (const userId in waba.assignedUsers) push(index.assigned, userId, waba);
}

function addNumber(index: WorldIndex, number: PhoneNumber): void {
  index.byDigits.set(digitsOf(number.displayPhoneNumber), number);
  if (number.app) index.inApp.push(number);
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
