import { describe, expect, test } from "vitest";
import { linkTokensOf } from "./link-token.ts";

const master = Buffer.alloc(32, 7);
const links = linkTokensOf([master], "links", "rsl");
const ID = "rsl_0123456789abcdefghjk";
const TOKEN = links.render(ID);

describe("a link's token", () => {
  test("leads back to its id, and is the same every time", () => {
    expect(links.parse(TOKEN)).toBe(ID);
    expect(linkTokensOf([master], "links", "rsl").render(ID)).toBe(TOKEN);
  });

  test("holds nothing that a messenger cuts off or an address escapes", () => {
    expect(TOKEN).toMatch(/^rsl_[0-9a-z]{20}\.[0-9a-f]{40}$/);
  });

  test("of one purpose is none of another", () => {
    const others = linkTokensOf([master], "others", "rsl");
    expect(others.render(ID)).not.toBe(TOKEN);
    expect(others.parse(TOKEN)).toBeNull();
  });

  test("of the previous key still opens, until that key is taken away; new ones are of the new key", () => {
    const next = Buffer.alloc(32, 9);
    const both = linkTokensOf([next, master], "links", "rsl");
    expect(both.parse(TOKEN)).toBe(ID);
    expect(both.render(ID)).toBe(linkTokensOf([next], "links", "rsl").render(ID));
    expect(both.parse(both.render(ID))).toBe(ID);
    expect(linkTokensOf([next], "links", "rsl").parse(TOKEN)).toBeNull();
  });

  test.each([
    ["another key's", linkTokensOf([Buffer.alloc(32, 8)], "links", "rsl").render(ID)],
    ["another link's mark", `rsl_zzzzzzzzzzzzzzzzzzzz.${TOKEN.split(".")[1]}`],
    ["another kind of id", linkTokensOf([master], "links", "sgn").render(ID.replace("rsl", "sgn"))],
    ["a mark cut short", TOKEN.slice(0, -1)],
    ["a mark with one letter changed", TOKEN.replace(/.$/, (end) => (end === "0" ? "1" : "0"))],
    ["no mark", ID],
    ["nothing", ""],
    ["more than a token", `${TOKEN}x`],
  ])("%s is refused", (_what, token) => expect(links.parse(token)).toBeNull());
});
