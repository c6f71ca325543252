import { expect, test } from "vitest";
import { createTestApp } from "../../../../test/support/create-test-app.ts";
import { oidcEnvOf, startOidcServer } from "../../../../test/support/oidc-server.ts";

test("one network begins 60 sign-ins a minute; then a page says when to go on, and others are not kept out", async () => {
  const oidc = await startOidcServer();
  const own = await createTestApp({ ...oidcEnvOf(oidc), TRUSTED_PROXIES: "127.0.0.1" });
  const begin = (from: string) =>
    fetch(`${own.url}/api/v1/auth/oidc/default/start`, {
      redirect: "manual",
      headers: { "X-Forwarded-For": from },
    });
  // A browser keeps no passkey for an IP address.
  const passkey = (from: string) =>
    fetch(`${own.url.replace("127.0.0.1", "localhost")}/api/v1/session/passkey/options`, {
      method: "POST",
      headers: { "X-Forwarded-For": from, "Content-Type": "application/json" },
      body: "{}",
    });
  oidc.serve(own.url);
  try {
    for (let n = 0; n < 59; n += 1) expect((await begin(`2001:db8:0:7::${n + 1}`)).status).toBe(302);
    const passkeys = [await passkey("2001:db8:0:7::aaaa"), await passkey("2001:db8:0:7::bbbb")];
    expect(passkeys.map(({ status }) => status)).toEqual([200, 429]);
    const late = await begin("2001:db8:0:7::ffff");
    const seconds = Number(late.headers.get("retry-after"));
    expect([late.status, seconds > 0 && seconds <= 60]).toEqual([429, true]);
    expect(await late.text()).toContain(`try again in ${seconds} seconds`);
    expect((await begin("2001:db8:0:8::1")).status).toBe(302);
    const [kept] = await own.database.db.query(
      "select count(*)::int as count from sign_in_attempt where kind = 'oidc'",
    );
    expect(kept).toEqual({ count: 60 });
  } finally {
    await own.stop();
    await oidc.stop();
  }
});
