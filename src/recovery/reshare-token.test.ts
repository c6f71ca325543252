import { describe, expect, test } from "vitest";
import { parseReshareToken, renderReshareToken, reshareKeyOf } from "./reshare-token.ts";

const master = Buffer.alloc(32, 7);
const key = reshareKeyOf(master);
const ID = "rsl_0123456789abcdefghjk";

describe("a re-share token", () => {
  test("leads back to its link, and is the same every time", () => {
    const token = renderReshareToken(key, ID);
    expect(parseReshareToken(key, token)).toBe(ID);
    expect(renderReshareToken(reshareKeyOf(master), ID)).toBe(token);
  });

  test("holds nothing that a messenger cuts off or an address escapes", () => {
    expect(renderReshareToken(key, ID)).toMatch(/^rsl_[0-9a-z]{20}\.[0-9a-f]{40}$/);
  });

  test("is not signed with ENCRYPTION_KEY itself", () => {
    expect(key.equals(master)).toBe(false);
    expect(renderReshareToken(master, ID)).not.toBe(renderReshareToken(key, ID));
  });

  test.each([
    ["another key's", renderReshareToken(reshareKeyOf(Buffer.alloc(32, 8)), ID)],
    ["another link's mark", `rsl_zzzzzzzzzzzzzzzzzzzz.${renderReshareToken(key, ID).split(".")[1]}`],
    ["a mark cut short", renderReshareToken(key, ID).slice(0, -1)],
    [
      "a mark with one letter changed",
      renderReshareToken(key, ID).replace(/.$/, (end) => (end === "0" ? "1" : "0")),
    ],
    ["no mark", ID],
    ["nothing", ""],
    ["more than a token", `${renderReshareToken(key, ID)}x`],
  ])("%s is refused", (_what, token) => expect(parseReshareToken(key, token)).toBeNull());
});
