import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { getAbout } from "./generated/sdk.gen.ts";
import { watchTouches } from "./touches.ts";

const START = Date.parse("2026-11-28T10:00:00Z");

let sent: Headers[];
beforeEach(() => {
  sent = [];
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(request.headers);
    return new Response("{}", { headers: { "Content-Type": "application/json" } });
  });
});
afterEach(() => vi.useRealTimers());

/** Whether a request at `ms` after the start says that nobody is at the page. */
async function isBackgroundAt(ms: number): Promise<boolean> {
  vi.setSystemTime(START + ms);
  await getAbout();
  return sent.at(-1)?.get("Sharekeeper-Background") === "1";
}

test.each(["pointerdown", "pointermove", "wheel", "keydown", "focus"])(
  "S24: a minute after the last %s the page says that nobody is there, until the next one",
  async (touch) => {
    watchTouches(window);
    window.dispatchEvent(new Event(touch));
    expect(await isBackgroundAt(59_999)).toBe(false);
    expect(await isBackgroundAt(60_000)).toBe(true);
    window.dispatchEvent(new Event(touch));
    expect(await isBackgroundAt(60_001)).toBe(false);
  },
);

test("a focus that the page moves by itself is no touch", async () => {
  watchTouches(window);
  window.dispatchEvent(new Event("focus"));
  vi.setSystemTime(START + 60_000);
  document.body.append(Object.assign(document.createElement("input"), { id: "field" }));
  document.querySelector<HTMLInputElement>("#field")?.focus();
  expect(await isBackgroundAt(60_000)).toBe(true);
});
