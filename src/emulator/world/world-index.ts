/**
 * Short ways through a large world: what belongs to whom, in the order of the world. Made when first asked
 * for. A WABA that is shared with somebody else is filed anew by itself; what changes seldom (accounts and
 * numbers that come and go) makes the whole be made again.
 */
import { digitsOf, numbersOf } from "./world.ts";
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

/** Under which names a WABA stands in the index. */
interface Filed {
  /** Its place in the order of the world. */
  place: number;
  /** What of it is in the index and changes seldom: whether it stands, and its numbers. */
  rest: string;
  partnerIds: readonly string[];
  userIds: readonly string[];
}

interface KeptIndex extends WorldIndex {
  filed: Map<string, Filed>;
}

const indexes = new WeakMap<World, KeptIndex>();

export function indexOf(world: World): WorldIndex {
  const known = indexes.get(world);
  if (known) return known;
  const index: KeptIndex = {
    owned: new Map(),
    shared: new Map(),
    assigned: new Map(),
    byDigits: new Map(),
    inApp: [],
    filed: new Map(),
  };
  for (const waba of Object.values(world.wabas)) addWaba(index, world, waba);
  for (const number of Object.values(world.numbers)) if (!number.deleted) addNumber(index, number);
  indexes.set(world, index);
  return index;
}

/**
 * To be called after a change of whom this WABA is shared with or assigned to, of its numbers, or of whether
 * it stands.
 */
export function fileAnew(world: World, waba: Waba): void {
  const index = indexes.get(world);
  const before = index?.filed.get(waba.id);
  if (index === undefined || before?.rest !== restOf(world, waba)) return void indexes.delete(world);
  const after = { ...before, ...namesOf(waba) };
  index.filed.set(waba.id, after);
  move(index, index.shared, waba, before.partnerIds, after.partnerIds);
  move(index, index.assigned, waba, before.userIds, after.userIds);
}

function addWaba(index: KeptIndex, world: World, waba: Waba): void {
  const names = namesOf(waba);
  index.filed.set(waba.id, { place: index.filed.size, rest: restOf(world, waba), ...names });
  if (waba.deleted) return;
  push(index.owned, waba.businessId, waba);
  for (const partnerId of names.partnerIds) push(index.shared, partnerId, waba);
  for (const userId of names.userIds) push(index.assigned, userId, waba);
}

function namesOf(waba: Waba): Pick<Filed, "partnerIds" | "userIds"> {
  if (waba.deleted) return { partnerIds: [], userIds: [] };
  return { partnerIds: Object.keys(waba.partners), userIds: Object.keys(waba.assignedUsers) };
}

function restOf(world: World, waba: Waba): string {
  const numbers = numbersOf(world, waba).map(({ id, app }) => (app ? `${id} in app` : id));
  return [waba.deleted ? "deleted" : "stands", ...numbers].join(",");
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

function move(
  index: KeptIndex,
  lists: Map<string, Waba[]>,
  waba: Waba,
  before: readonly string[],
  after: readonly string[],
): void {
  for (const id of before) if (!after.includes(id)) takeOut(index, lists, id, waba);
  for (const id of after) if (!before.includes(id)) putIn(index, lists, id, waba);
}

function takeOut(index: KeptIndex, lists: Map<string, Waba[]>, id: string, waba: Waba): void {
  const list = lists.get(id) ?? [];
  if (list.length === 1) return void lists.delete(id);
  list.splice(placeIn(index, list, waba), 1);
}

function putIn(index: KeptIndex, lists: Map<string, Waba[]>, id: string, waba: Waba): void {
  const list = lists.get(id);
  if (list) list.splice(placeIn(index, list, waba), 0, waba);
  else lists.set(id, [waba]);
}

/** Where in a list of the index a WABA stands, or is to stand. */
function placeIn(index: KeptIndex, list: readonly Waba[], waba: Waba): number {
  const placeOf = ({ id }: Waba): number => index.filed.get(id)?.place ?? Infinity;
  const wanted = placeOf(waba);
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (placeOf(list[middle] as Waba) < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}
