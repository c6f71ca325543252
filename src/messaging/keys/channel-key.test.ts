import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  channelKeyIdOf,
  channelKeyOf,
  hashOfChannelKey,
  hintOfChannelKey,
  lookupOfChannelKey,
  lookupOfHash,
} from "./channel-key.ts";
import { ChannelKeys } from "./channel-keys.ts";

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
    expect(lookupOfHash(expected)).toBe(lookupOfChannelKey("sandbox-1"));
  });
});

describe("the channel keys in memory", () => {
  it("find the holder of a valid key, and note its use once", () => {
    const holder = { keyId: "a", connectionId: "default", numberId: "num_of_a" };
    const keys = new ChannelKeys(new Map([[lookupOfHash(hashOfChannelKey("one")), holder]]));
    expect(keys.find("one")).toEqual(holder);
    expect(keys.find("two")).toBeUndefined();
    expect(keys.find("")).toBeUndefined();
    expect(keys.takeUsed()).toEqual(["a"]);
    expect(keys.takeUsed()).toEqual([]);
    keys.giveBackUsed(["a"]);
    expect(keys.takeUsed()).toEqual(["a"]);
  });
});
