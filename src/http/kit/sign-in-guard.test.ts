import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { createPasswordHasher } from "../../access/create-password-hasher.ts";
import { systemClock } from "../../lib/clock.ts";
import { systemRandom } from "../../lib/random.ts";
import { Problem, type ProblemCode } from "../../problems.ts";
import { SignInGuard } from "./sign-in-guard.ts";

const OLGA = "olga@provider.example";
const MINUTE = 60_000;

let now: number;
let lines: string[];
let failures: string[];
let guard: SignInGuard;
beforeEach(() => {
  now = Date.parse("2026-11-29T10:00:00Z");
  lines = [];
  failures = [];
  guard = new SignInGuard({
    hasher: createPasswordHasher({ random: systemRandom }),
    wallClock: { ...systemClock, now: () => now },
    log: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
    metrics: { countAuthFailure: (entryPoint) => void failures.push(entryPoint) },
    addressOf: (caller) => caller.headers.from ?? "",
  });
});

function callerAt(from: string): IncomingMessage {
  const caller = new IncomingMessage(new Socket());
  caller.headers.from = from;
  return caller;
}

/** What a try ends with: "in", or the code of its problem. */
async function attempt(
  from: string,
  account = OLGA,
  code: ProblemCode | null = "wrong_sign_in",
): Promise<string> {
  try {
    return await guard.run(callerAt(from), account, () =>
      code === null ? Promise.resolve("in") : Promise.reject(new Problem(code)),
    );
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
const enter = (from: string, account = OLGA): Promise<string> => attempt(from, account, null);
async function guess(count: number, fromOf: (n: number) => string, accountOf = (_n: number) => OLGA) {
  for (let n = 0; n < count; n += 1) await attempt(fromOf(n), accountOf(n));
}

describe("an address", () => {
  test("waits after ten guesses, at whichever accounts; then each guess doubles the wait", async () => {
    await guess(
      10,
      () => "203.0.113.9",
      (n) => `${n}@provider.example`,
    );
    expect(await enter("203.0.113.9", "new@provider.example")).toBe("too_many_sign_ins");
    expect(await enter("203.0.113.8", "new@provider.example")).toBe("in");
    now += 10_000;
    expect(await attempt("203.0.113.9", "11@provider.example")).toBe("wrong_sign_in");
    now += 19_999;
    expect(await enter("203.0.113.9", "12@provider.example")).toBe("too_many_sign_ins");
    now += 1;
    expect(await enter("203.0.113.9", "12@provider.example")).toBe("in");
  });

  test("of IPv6 is its network of 64 bits", async () => {
    await guess(
      10,
      (n) => `2001:db8:0:1::${n + 1}`,
      (n) => `${n}@provider.example`,
    );
    expect(await enter("2001:db8:0:1::ffff", "new@provider.example")).toBe("too_many_sign_ins");
    expect(await enter("2001:db8:0:2::1", "new@provider.example")).toBe("in");
  });
});

describe("an account", () => {
  const anywhere = (n: number): string => `198.51.100.${n + 1}`;

  test("that is guessed from many addresses waits for every new address, and for no other account", async () => {
    await guess(10, anywhere);
    expect(await enter("203.0.113.1")).toBe("too_many_sign_ins");
    expect(await enter("203.0.113.1", ` ${OLGA.toUpperCase()} `)).toBe("too_many_sign_ins");
    expect(await enter("203.0.113.1", "paula@provider.example")).toBe("in");
  });

  test("is not kept from its owner, who has signed in from that network before", async () => {
    expect(await enter("203.0.113.1")).toBe("in");
    await guess(10, anywhere);
    expect(await enter("203.0.113.1")).toBe("in");
    expect(await enter("198.51.100.99")).toBe("too_many_sign_ins");
  });

  test("is open again after the wait: nobody is locked out for good", async () => {
    for (let round = 0; round < 20; round += 1) {
      await guess(10, (n) => `198.51.${round}.${n + 1}`);
      now += 15 * MINUTE;
    }
    expect(await enter("203.0.113.1")).toBe("in");
  });
});

test("only wrong passwords and codes are guesses", async () => {
  const others: ProblemCode[] = ["totp_needed", "invitation_ended", "passwords_off", "unavailable"];
  for (let n = 0; n < 12; n += 1) for (const code of others) await attempt("203.0.113.9", OLGA, code);
  expect([failures, await enter("203.0.113.9")]).toEqual([[], "in"]);
  for (const code of ["wrong_sign_in", "wrong_password", "wrong_code"] as const)
    await attempt("203.0.113.9", OLGA, code);
  expect(failures).toEqual(["sign_in", "sign_in", "sign_in"]);
});

test("of sixty guesses that arrive at once, about ten are tried", async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) => attempt("203.0.113.9", `${n}@provider.example`)),
  );
  const tried = answers.filter((answer) => answer === "wrong_sign_in").length;
  expect(tried).toBeGreaterThanOrEqual(10);
  // Two are in turn at a time: the second is under way when the tenth fails.
  expect(tried).toBeLessThanOrEqual(11);
  expect(answers.filter((answer) => answer === "too_many_sign_ins")).toHaveLength(60 - tried);
});

test("guesses leave a log line a minute, with the address and how many; neither account nor password", async () => {
  await guess(5, () => "203.0.113.9");
  now += MINUTE;
  await guess(1, () => "203.0.113.9");
  const logged = lines.filter((line) => line.includes("wrong sign-in"));
  expect(logged.map((line) => JSON.parse(line).count)).toEqual([1, 5]);
  expect(logged[0]).toContain('"address":"203.0.113.9"');
  expect(lines.join("")).not.toContain("olga");
  expect(failures).toHaveLength(6);
});
