import { gzipSync } from "node:zlib";
import type { RandomSource } from "../simulation/random-source.ts";
import { placesOf, raw, textNode, treeOf, writeTree, type Node, type Place } from "./json-tree.ts";

/** Names that every object has, and that break code which uses a name from outside as a key. */
const HOSTILE_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "length",
  "then",
  "toJSON",
  "",
  "\u0000",
];

/** Letters of which one UTF-16 unit may be cut off. */
const PAIR = "\u{1F480}";

const HOSTILE_SCALARS: readonly string[] = [
  "null",
  "true",
  "false",
  '""',
  '"0"',
  "0",
  "-0",
  "-1",
  "1e999",
  "-1e999",
  "1e-999",
  "9007199254740993",
  "734443296905665",
  "123456789012345678901234567890",
  "1.7976931348623157e308",
  '"1e999"',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000__proto__"',
  '"null"',
  '"[object Object]"',
  '"{client}"',
  '"$&$1"',
  '"<script>alert(1)</script>"',
  '"\u202e100000000000001"',
  '" 100000000000001 "',
  '"１０００００００００００００１"',
  '"-100000000000001"',
  "[]",
  "{}",
  "[[]]",
  "[null]",
  "[{}]",
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":1}',
  '{"toString":null}',
  '{"length":1000000000}',
  '{"then":{}}',
  '{"error":{}}',
  "NaN",
  "Infinity",
  "01",
  "'x'",
];

/** Meta's own terms, in places where Meta would not put them. */
const META_WORDS = [
  "PARTNER_REMOVED",
  "PARTNER_ADDED",
  "partner_removed",
  " PARTNER_REMOVED ",
  "ACCOUNT_DELETED",
  "ACCOUNT_OFFBOARDED",
  "ACCOUNT_RECONNECTED",
  "ACCOUNT_RESTRICTION",
  "DISABLED_UPDATE",
  "PARTNER_APP_UNINSTALLED",
  "account_update",
  "account_offboarded",
  "messages",
  "DISABLE",
  "REINSTATE",
  "BLOCKED",
  "WABA",
  "CONNECTED",
  "DELETED",
  "BANNED",
  "MANAGE",
  "CLOUD_API",
];

const hostileNode = (random: RandomSource): Node => {
  const kind = random.weighted({ scalar: 60, word: 20, long: 10, name: 5, deep: 4, huge: 1 });
  switch (kind) {
    case "scalar":
      return raw(random.pick(HOSTILE_SCALARS));
    case "word":
      return textNode(random.pick(META_WORDS));
    case "name":
      return textNode(random.pick(HOSTILE_NAMES));
    // Around every limit at which code may cut, and with a pair across it.
    case "long":
      return textNode(
        "x".repeat(random.pick([98, 99, 199, 299, 1999, 5000]) + random.between(0, 1)) + PAIR.repeat(3),
      );
    case "deep":
      return raw(
        nestedText(random.pick([50, 99, 101, 1000, 20_000]), random.chance(0.5), random.chance(0.8)),
      );
    case "huge":
      return random.chance(0.5)
        ? textNode(PAIR.repeat(random.between(10_000, 60_000)))
        : raw(`[${Array.from({ length: random.between(1000, 20_000) }, () => "{}").join(",")}]`);
  }
};

function nestedText(depth: number, isList: boolean, isClosed: boolean): string {
  const [open, close] = isList ? ["[", "]"] : ['{"a":', "}"];
  return open.repeat(depth) + "1" + (isClosed ? close.repeat(depth) : "");
}

const CHANGES: Record<
  string,
  { weight: number; change(random: RandomSource, place: Place, places: Place[]): void }
> = {
  replaced: { weight: 30, change: (random, place) => place.replace(hostileNode(random)) },
  removed: { weight: 15, change: (_dice, place) => place.remove() },
  twice: {
    weight: 10,
    change: (random, place) => place.repeat(random.chance(0.5) ? hostileNode(random) : place.node),
  },
  renamed: { weight: 8, change: (random, place) => place.rename(random.pick(HOSTILE_NAMES)) },
  wrapped: { weight: 10, change: (_dice, place) => place.replace({ kind: "list", items: [place.node] }) },
  unwrapped: {
    weight: 6,
    change: (_dice, place) =>
      place.replace((place.node.kind === "list" && place.node.items[0]) || place.node),
  },
  swapped: { weight: 10, change: (random, place, places) => place.replace(random.pick(places).node) },
  unquoted: {
    weight: 8,
    change: (_dice, { node, replace }) => {
      if (node.kind === "raw") replace(raw(node.text.replaceAll('"', "") || "0"));
    },
  },
  many: {
    weight: 3,
    change: (random, { node }) => {
      const [first] = node.kind === "list" ? node.items : [];
      if (node.kind === "list" && first !== undefined)
        node.items = Array.from({ length: random.pick([2, 10, 100, 1500]) }, () => first);
    },
  },
};
const WEIGHTS = Object.fromEntries(Object.entries(CHANGES).map(([name, { weight }]) => [name, weight]));

/** `value` as JSON text with some of its places spoiled. */
export function spoiledText(
  random: RandomSource,
  value: unknown,
  changes = random.pick([1, 1, 1, 2, 2, 3, 5]),
): string {
  const holder = { root: treeOf(value) };
  for (let count = 0; count < changes; count += 1) {
    const places = placesOf(holder);
    CHANGES[random.weighted(WEIGHTS)]?.change(random, random.pick(places), places);
    // A tree that contains itself is infinite.
    if (isTooLarge(holder.root)) break;
  }
  return isTooLarge(holder.root) ? JSON.stringify(value) : writeTree(holder.root);
}

const MOST_NODES = 20_000;

function isTooLarge(root: Node): boolean {
  const waiting = [root];
  for (let count = 0; waiting.length > 0; count += 1) {
    if (count > MOST_NODES) return true;
    const node = waiting.pop() as Node;
    if (node.kind === "list") for (const item of node.items) waiting.push(item);
    if (node.kind === "object") for (const [, item] of node.entries) waiting.push(item);
  }
  return false;
}

const INVALID_UTF8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]];

/** `text` as bytes, mostly as they are, sometimes spoiled below the level of JSON. */
export function spoiledBytes(random: RandomSource, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (random.chance(0.7)) return bytes;
  const at = random.between(0, Math.max(0, bytes.length - 1));
  const around = (inserted: Uint8Array): Buffer =>
    Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  switch (random.between(0, 11)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
      return bytes;
    case 2:
      return around(Buffer.from(Array.from({ length: random.between(1, 8) }, () => random.between(0, 255))));
    case 3:
      return around(Buffer.from(random.pick(INVALID_UTF8)));
    case 4:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 5:
      return around(Buffer.alloc(random.between(1, 4)));
    case 6:
      return Buffer.concat([bytes, bytes]);
    case 7:
      return Buffer.from(text, "utf16le");
    case 8:
      return gzipSync(bytes);
    case 9:
      return Buffer.alloc(0);
    case 10:
      return Buffer.from(Array.from({ length: random.between(0, 200) }, () => random.between(0, 255)));
    default:
      return Buffer.concat([bytes, Buffer.alloc(random.between(1, 2000), 32)]);
  }
}
