import { describe, expect, test } from "vitest";
import { deviceOf, isPerson } from "./visitor.ts";

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const headers = (agent: string, more: Record<string, string> = {}): Headers =>
  new Headers({ "user-agent": agent, ...more });

describe("visitors of a link", () => {
  test("a person with a browser", () => expect(isPerson("GET", headers(PHONE))).toBe(true));

  test("not a HEAD", () => expect(isPerson("HEAD", headers(PHONE))).toBe(false));

  test.each([
    ["sec-purpose", "prefetch;prerender"],
    ["sec-purpose", "prefetch"],
    ["purpose", "prefetch"],
    ["x-moz", "prefetch"],
    ["x-purpose", "preview"],
  ])("not with %s: %s", (name, value) =>
    expect(isPerson("GET", headers(PHONE, { [name]: value }))).toBe(false),
  );

  test.each([
    "WhatsApp/2.24.20.89 A",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; Twitterbot/1.0)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
  ])("not %s", (agent) => expect(isPerson("GET", headers(agent))).toBe(false));
});

test.each([
  [PHONE, { isPhone: true, isInApp: false }],
  [PHONE.replace(/ Version.*/, " Mobile/15E148"), { isPhone: true, isInApp: true }],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36",
    { isPhone: true, isInApp: true },
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36",
    { isPhone: true, isInApp: false },
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36",
    { isPhone: false, isInApp: false },
  ],
])("the device of %s", (agent, device) => expect(deviceOf(headers(agent))).toEqual(device));
