import { expect, test } from "vitest";
import { browserOf } from "./browser-name.ts";

const WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox 141 on Linux"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`,
    "Chrome 140 on Windows",
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
    "Edge 140 on Windows",
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Version/18.6 Mobile/1 Safari/604.1`,
    "Safari 18 on iPhone",
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`,
    "Chrome 140 on Android",
  ],
])("%s is %s", (agent, name) => expect(browserOf(agent)).toBe(name));

test("a program that is no browser is shown as it names itself", () =>
  expect(browserOf("curl/8.5.0")).toBe("curl/8.5.0"));

test("who names nothing has no name", () => {
  expect(browserOf(null)).toBeUndefined();
  expect(browserOf("")).toBeUndefined();
});
