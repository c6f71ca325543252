import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  channelKeyIdOf,
  channelKeyOf,
  hashOfChannelKey,
  hintOfChannelKey,
  lookupOfChannelKey,
} from "./channel-key.ts";
import type { ChannelKey } from "./channel-key.ts";
import { ChannelKeys } from "./channel-keys.ts";

const keyFor = (id: string, text: string, revokedAt: number | null = null): ChannelKey => {
  const hash = hashOfChannelKey(text);
  return {
    id,
    connectionId: "default",
    numberId: `num_of_${id}`,
    hash,
    label: "",
    hint: "",
    createdAt: 0,
    revokedAt,
  };
};

describe("a channel key", () => {
  it("is written from its random bytes", () => {
    expect(channelKeyOf(Buffer.alloc(32, 255))).toBe(`sk_${"_".repeat(42)}8`);
    expect(channelKeyIdOf(Buffer.from([1, 255]))).toBe("key_01ff");
    expect(hintOfChannelKey("sk_abcdefgh")).toBe("efgh");
  });

  it("is known by its SHA-256", () => {
    const expected = createHash("sha256").update("sandbox-1").digest();
    expect(hashOfChannelKey("sandbox-1")).toEqual(expected);
    expect(lookupOfChannelKey("sandbox-1")).toBe(expected.toString("base64"));
  });
});

describe("the channel keys in memory", () => {
  it("find the holder of a valid key only", () => {
    const keys = new ChannelKeys();
    keys.replaceAll([keyFor("a", "one"), keyFor("b", "two", 5)]);
    expect(keys.find("one")).toEqual({ keyId: "a", connectionId: "default", numberId: "num_of_a" });
    expect(keys.find("two")).toBeUndefined();
    expect(keys.find("")).toBeUndefined();
    expect(keys.count).toBe(1);
  });

  it("follow a key's newest state", () => {
    const keys = new ChannelKeys();
    keys.put(keyFor("a", "one"));
    keys.put(keyFor("a", "one", 9));
    expect(keys.find("one")).toBeUndefined();
    keys.put(keyFor("b", "two"));
    keys.remove("b");
    keys.remove("never there");
    expect(keys.count).toBe(0);
    keys.put(keyFor("c", "three"));
    keys.replaceAll([]);
    expect(keys.find("three")).toBeUndefined();
  });
});
