import { expect, test } from "vitest";
import { quotaHeadersOf, RequestQuotas, WINDOW_MS } from "./request-quotas.ts";

const NOW = Date.UTC(2026, 10, 29);
const takeAll = (quotas: RequestQuotas, count: number, now: number): boolean[] =>
  Array.from({ length: count }, () => quotas.take("key_1", now).isExceeded);

test("a minute takes as many requests as the limit, and the next minute as many again", () => {
  const quotas = new RequestQuotas(2);
  expect(takeAll(quotas, 3, NOW)).toEqual([false, false, true]);
  expect(takeAll(quotas, 1, NOW + WINDOW_MS - 1)).toEqual([true]);
  expect(takeAll(quotas, 3, NOW + WINDOW_MS)).toEqual([false, false, true]);
});

test("each actor has a quota of its own", () => {
  const quotas = new RequestQuotas(1);
  quotas.take("key_1", NOW);
  expect(quotas.take("key_2", NOW).isExceeded).toBe(false);
});

test("after the clock was set back a new window begins", () => {
  const quotas = new RequestQuotas(1);
  quotas.take("key_1", NOW);
  expect(quotas.take("key_1", NOW - 1)).toMatchObject({ isExceeded: false, resetMs: WINDOW_MS });
});

test("the headers say what is left, and never a time before the end of the window", () => {
  const quotas = new RequestQuotas(2);
  expect(quotaHeadersOf(quotas.take("key_1", NOW))).toEqual({
    "RateLimit-Policy": '"default";q=2;w=60',
    RateLimit: '"default";r=1;t=60',
  });
  quotas.take("key_1", NOW);
  expect(quotaHeadersOf(quotas.take("key_1", NOW + 58_500)).RateLimit).toBe('"default";r=0;t=2');
});

test("the windows of a hundred thousand actors end, and take no memory", () => {
  const quotas = new RequestQuotas(1);
  const actors = Array.from({ length: 100_000 }, (_, n) => `key_${n}`);
  actors.forEach((actor, n) => quotas.take(actor, NOW + n * 1000));
  expect(quotas.size).toBeLessThan(3000);
});
