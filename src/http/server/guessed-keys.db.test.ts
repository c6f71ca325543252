import { describe, expect, test } from "vitest";
import { ADMIN, createTestApp, OURS } from "../../../test/support/create-test-app.ts";
import { until } from "../../../test/support/until.ts";

describe("S6: guessed keys", () => {
  test("6,000 wrong keys, 50 at once: at least nine in ten must wait; right keys and other addresses do not", async () => {
    const own = await createTestApp({ TRUSTED_PROXIES: "127.0.0.1" });
    const guess = (key: string, from: string) =>
      fetch(`${own.url}/api/v1/overview`, { headers: { "X-API-Key": key, "X-Forwarded-For": from } });
    expect((await guess(ADMIN, "203.0.113.1")).status).toBe(200);
    const counts = new Map<number, number>();
    for (let done = 0; done < 6000; done += 50) {
      const batch = await Promise.all(
        Array.from({ length: 50 }, (_, n) => guess(`guess-number-${done + n}-of-many`, "203.0.113.9")),
      );
      for (const { status } of batch) counts.set(status, (counts.get(status) ?? 0) + 1);
      await Promise.all(batch.map((answer) => answer.text()));
    }
    // Keys that are being checked while the tenth fails are still answered; so is one round after each wait.
    expect(counts.get(401)).toBeLessThan(600);
    expect(counts.get(429)).toBe(6000 - (counts.get(401) ?? 0));
    const late = await guess("guess-after-all-of-them", "203.0.113.9");
    expect([late.status, Number(late.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await guess(ADMIN, "203.0.113.9")).status).toBe(200);
    expect((await guess("a-mistyped-key", "203.0.113.7")).status).toBe(401);

    const metrics = await (await fetch(`${own.url}/metrics`, { headers: OURS })).text();
    expect(metrics).toContain('sharekeeper_auth_failures_total{entry_point="api"} 6002');
    const lines = own
      .logged()
      .split("\n")
      .filter((line) => line.includes("wrong key"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"address":"203.0.113.9"');
    expect(own.logged()).not.toContain("guess-number-");
    const audit = await until("an audit line", async () => {
      const rows = await own.database.db.query<{ detail: Record<string, unknown> }>(
        "select detail from audit where action = 'key.refused'",
      );
      return rows.length > 0 ? rows : undefined;
    });
    expect(audit.value).toEqual([
      { detail: { entry_point: "api", address: "203.0.113.9", key: "…many", count: 1 } },
    ]);
    await own.stop();
  });

  test("wrong channel keys must wait too, with Meta's code for too many calls; a missing key is no guess", async () => {
    const own = await createTestApp();
    const post = (headers: Record<string, string>) =>
      fetch(`${own.url}/messages`, { method: "POST", headers, body: "{}" });
    for (let n = 0; n < 30; n += 1) expect((await post({})).status).toBe(401);
    const statuses = [];
    for (let n = 0; n < 20; n += 1) statuses.push((await post({ "D360-API-KEY": `sk_guess_${n}` })).status);
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(10).fill(429)]);
    const answer = await post({ "D360-API-KEY": "sk_guess" });
    expect(answer.headers.get("retry-after")).toBe("10");
    expect(await answer.json()).toMatchObject({ error: { code: 4, error_data: { retryable: false } } });
    await own.stop();
  });
});
