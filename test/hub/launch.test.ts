/**
 * How both signup events get from Meta's window to our server, in cases for which a real browser is too slow
 * or too reliable.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSignup, type OpenedSignup, type SignupNews } from "../../hub/signup/launch.ts";
import { SignupRefusal, type SignupLaunch, type SignupSent } from "../../hub/signup/signup-wire.ts";

const META = "https://www.facebook.com";
const LAUNCH: SignupLaunch = {
  ...{
    app_id: "1",
    config_id: "2",
    graph_version: "v25.0",
    sdk_url: "https://connect.facebook.net/en_US/sdk.js",
  },
  ...{ dialog_origins: [META], extras: { setup: {} } },
};
const FINISH = JSON.stringify({ type: "WA_EMBEDDED_SIGNUP", event: "FINISH", data: { waba_id: "7" } });
const CANCEL = JSON.stringify({ type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data: {} });

type Callback = (answer: { authResponse: { code: string } | null }) => void;
interface Answer {
  attempt_id: string | null;
}

/** A page, Meta's SDK and our server, with everything that they received. */
function stage(
  own: { popup?: "blocked"; sdk?: "missing" | "throws"; server?: (sent: SignupSent) => Answer } = {},
) {
  const sent: SignupSent[] = [];
  const news: SignupNews<Answer>[] = [];
  const popup = { closed: false, focus: () => undefined, close: () => void (popup.closed = true) };
  const listeners = new Set<(event: { origin: string; data: unknown }) => void>();
  const asked: { callback?: Callback; options?: object } = {};
  const page = {
    open: () => (own.popup === "blocked" ? null : popup),
    addEventListener: (_: string, listener: never) => void listeners.add(listener),
    removeEventListener: (_: string, listener: never) => void listeners.delete(listener),
    FB: {
      init: () => undefined,
      login: (callback: Callback, options: object) => {
        if (own.sdk === "throws") throw new Error("replaced");
        Object.assign(asked, { callback, options });
        if (page.open() === null) callback({ authResponse: null });
      },
    },
  };
  const { FB: _, ...pageWithoutSdk } = page;
  const opening = {
    page: own.sdk === "missing" ? pageWithoutSdk : page,
    launch: LAUNCH,
    post: (event: SignupSent) => {
      sent.push(event);
      return Promise.resolve().then(() => own.server?.(event) ?? { attempt_id: "a1" });
    },
    onNews: (item: SignupNews<Answer>) => void news.push(item),
  };
  let opened: OpenedSignup | undefined;
  return {
    sent,
    popup,
    asked,
    click: () => (opened = openSignup(opening)),
    leave: () => opened?.leave(),
    callback: (code: string | null) => asked.callback?.({ authResponse: code === null ? null : { code } }),
    say: (data: unknown, origin = META) => listeners.forEach((listener) => listener({ origin, data })),
    ends: () =>
      news.flatMap((item) => (item.kind === "ended" ? [item.by] : item.kind === "failed" ? ["failed"] : [])),
    events: () => sent.map((event) => (event.type === "exit" ? event.code : event.type)),
    news,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test("FB.login runs in the click itself, before the server has answered anything", () => {
  const { click, asked, events } = stage();
  click();
  expect(asked.options).toMatchObject({ config_id: "2", response_type: "code", extras: { setup: {} } });
  expect(events()).toEqual(["begun"]);
});

test.each([
  ["the code first", ["code", "session"]],
  ["the message first", ["session", "code"]],
])("%s: both events are sent, with the attempt's id", async (_, order) => {
  const meta = stage();
  meta.click();
  for (const type of order) {
    if (type === "code") meta.callback("c0de");
    else meta.say(FINISH);
    await pass(10);
  }
  expect(meta.events()).toEqual(["begun", ...order]);
  expect(meta.sent.slice(1)).toEqual(
    expect.arrayContaining([
      { type: "code", code: "c0de", attempt_id: "a1" },
      { type: "session", message: JSON.parse(FINISH), attempt_id: "a1" },
    ]),
  );
  await pass(20 * 60_000);
  expect(meta.ends()).toEqual(["code"]);
});

test.each(["https://evilfacebook.com", "https://www.facebook.com.evil.example", "http://www.facebook.com"])(
  "a message from %s is not Meta's",
  async (origin) => {
    const meta = stage();
    meta.click();
    meta.say(FINISH, origin);
    await pass(10);
    expect(meta.events()).toEqual(["begun"]);
  },
);

test.each(["cb=f1&code=x", "{", "null", '{"type":"other"}', { type: "WA_EMBEDDED_SIGNUP" }])(
  "%j from Meta is ignored",
  async (data) => {
    const meta = stage();
    meta.click();
    meta.say(data);
    await pass(10);
    expect(meta.events()).toEqual(["begun"]);
  },
);

test("a login without a code is a cancelled one, unless the dialog said why", async () => {
  const plain = stage();
  plain.click();
  plain.callback(null);
  await pass(2000);
  expect(plain.events()).toEqual(["begun", "login_cancelled"]);
  const cancelled = stage();
  cancelled.click();
  cancelled.callback(null);
  await pass(500);
  cancelled.say(CANCEL);
  await pass(20 * 60_000);
  expect([cancelled.events(), cancelled.ends()]).toEqual([["begun", "session"], ["message"]]);
  const first = stage();
  first.click();
  first.say(CANCEL);
  first.callback(null);
  await pass(20 * 60_000);
  expect([first.events(), first.ends()]).toEqual([["begun", "session"], ["message"]]);
});

test.each([
  [{ popup: "blocked" }, "popup_blocked"],
  [{ sdk: "missing" }, "sdk_blocked"],
  [{ sdk: "throws" }, "sdk_blocked"],
] as const)("%j: reported at once, and only once", async (own, exitReason) => {
  const meta = stage(own);
  meta.click();
  await pass(20 * 60_000);
  expect([meta.events(), meta.ends()]).toEqual([["begun", exitReason], [exitReason]]);
});

test("a window that closed without a message is reported after its last messages had time to arrive", async () => {
  const meta = stage();
  meta.click();
  await pass(60_000);
  meta.popup.closed = true;
  await pass(4000);
  expect(meta.events()).toEqual(["begun"]);
  await pass(3000);
  expect(meta.events()).toEqual(["begun", "timed_out"]);
});

test("a window that never answers is given 15 minutes; a late code is still sent", async () => {
  const meta = stage();
  meta.click();
  await pass(15 * 60_000 + 10);
  expect(meta.events()).toEqual(["begun", "timed_out"]);
  meta.callback("late");
  await pass(10);
  expect(meta.events()).toEqual(["begun", "timed_out", "code"]);
});

test("without a network the code is sent again until it expires", async () => {
  const isOffline = (since: number, until: number) => (event: SignupSent) => {
    const now = Date.now();
    if (event.type === "code" && now >= since && now < until) throw new TypeError("Failed to fetch");
    return { attempt_id: "a1" };
  };
  const start = Date.now();
  const short = stage({ server: isOffline(start, start + 12_000) });
  short.click();
  short.callback("c0de");
  await pass(30_000);
  expect([short.ends(), short.news.filter(({ kind }) => kind === "answered").length]).toEqual([["code"], 2]);
  const long = stage({ server: isOffline(Date.now(), Infinity) });
  long.click();
  long.callback("c0de");
  await pass(31_000);
  expect(long.ends()).toEqual(["code", "failed"]);
  const tries = long.sent.length;
  await pass(60_000);
  expect(long.sent.length).toBe(tries);
});

test("a code that comes before the server has answered the beginning waits for it", async () => {
  let isUp = false;
  const meta = stage({
    server: () => {
      if (!isUp) throw new TypeError("Failed to fetch");
      return { attempt_id: "a1" };
    },
  });
  meta.click();
  meta.callback("c0de");
  await pass(5000);
  expect(new Set(meta.events())).toEqual(new Set(["begun"]));
  isUp = true;
  await pass(3000);
  expect(meta.sent.at(-1)).toEqual({ type: "code", code: "c0de", attempt_id: "a1" });
});

test("a refused beginning closes the window and is reported once, with the server's text", async () => {
  const refusal = new SignupRefusal({ code: "too_many_attempts", detail: "Wait an hour.", status: 429 });
  const meta = stage({
    server: () => {
      throw refusal;
    },
  });
  meta.click();
  meta.callback("c0de");
  await pass(60_000);
  expect(meta.events()).toEqual(["begun"]);
  expect(meta.popup.closed).toBe(true);
  expect(meta.news.filter(({ kind }) => kind === "failed")).toEqual([{ kind: "failed", refusal }]);
});

test("a page that opens another window ignores messages of the old one", async () => {
  const meta = stage();
  meta.click();
  meta.leave();
  meta.say(CANCEL);
  await pass(20 * 60_000);
  expect(meta.events()).toEqual(["begun"]);
});
