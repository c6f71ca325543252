import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PAGE_HEADERS, signupPolicyOf } from "../kit/security-headers.ts";
import { openHubRoutes, type HubRoutes } from "./serve-hub.ts";

const ROUTER = new URL("../../../hub/src/router.tsx", import.meta.url);

let folder: string;
let hub: HubRoutes;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hub-"));
  mkdirSync(join(folder, "dist", "assets"), { recursive: true });
  writeFileSync(join(folder, "dist", "index.html"), "<title>Hub</title>");
  writeFileSync(join(folder, "dist", "theme.js"), "theme()");
  writeFileSync(join(folder, "dist", "assets", "index-abc123.js"), "hub()".repeat(100));
  writeFileSync(join(folder, "secret.txt"), "outside");
  hub = openHubRoutes(join(folder, "dist"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const get = (path: string, init?: RequestInit): Promise<Response | undefined> =>
  hub.answer(new Request(`http://hub.test${path}`, init));

test("every route of the Hub is its one page, which is not cached", async () => {
  for (const path of ["/", "/wabas", "/wabas/100000000000001", "/sign-in"]) {
    const answer = await get(path);
    expect(await answer?.text()).toBe("<title>Hub</title>");
    expect(answer?.headers.get("cache-control")).toBe("no-cache");
    expect(answer?.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(answer?.headers.get("cross-origin-opener-policy")).toBe("same-origin-allow-popups");
  }
});

test("field case 9: the page is served to clients that accept HTML, at the routes of the Hub's router", async () => {
  const routes = [...(await readFile(ROUTER, "utf8")).matchAll(/path: "(\/[^"]*)"/g)].map(
    (match) => match[1],
  );
  expect(routes).toContain("/wabas/$wabaId");
  for (const route of routes) {
    const path = route?.replaceAll(/\$\w+/g, "100000000000001") ?? "";
    expect([path, (await get(path))?.status]).toEqual([path, 200]);
    expect(await get(path, { headers: { Accept: "application/json" } })).toBeUndefined();
  }
  expect(await get("/no/such/page")).toBeUndefined();
  expect(await get("/no/such/page", { headers: { Accept: "*/*" } })).toBeUndefined();
  const lost = await get("/no/such/page", { headers: { Accept: "text/html,*/*;q=0.8" } });
  expect([lost?.status, await lost?.text()]).toEqual([404, "<title>Hub</title>"]);
});

test("S20: Meta's script is allowed where a signup runs, and on no other page of the Hub", async () => {
  const policy = signupPolicyOf([
    {
      sdk_url: "https://connect.facebook.net/en_US/sdk.js",
      dialog_origins: ["https://www.facebook.com", "https://web.facebook.com"],
    },
  ]);
  const signing = openHubRoutes(join(folder, "dist"), { ...PAGE_HEADERS, "Content-Security-Policy": policy });
  const pageAt = (path: string) => signing.answer(new Request(`http://hub.test${path}`));
  for (const path of ["/", "/sign-in", "/wabas", "/wabas/1", "/wabas/1?open=x", "/numbers/1", "/onboarding"])
    expect([path, (await pageAt(path))?.headers.get("content-security-policy")]).toEqual([
      path,
      PAGE_HEADERS["Content-Security-Policy"],
    ]);
  expect((await pageAt("/wabas/1?signup=s1"))?.headers.get("content-security-policy")).toBe(policy);
  const answer = await pageAt("/onboarding/s1");
  const rules = answer?.headers.get("content-security-policy")?.split("; ");
  expect(rules).toContain("script-src 'self' https://connect.facebook.net/en_US/sdk.js");
  expect(rules).toContain("connect-src 'self' https://www.facebook.com https://web.facebook.com");
  expect(rules).toContain("frame-src https://www.facebook.com https://web.facebook.com");
  expect(rules).toContain("frame-ancestors 'none'");
  expect(answer?.headers.get("cross-origin-opener-policy")).toBe("same-origin-allow-popups");
});

test("a file that is named by its content is cached for ever, and compressed for clients that accept it", async () => {
  const plain = await get("/assets/index-abc123.js");
  expect(plain?.headers.get("cache-control")).toContain("immutable");
  expect(plain?.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  const zipped = await get("/assets/index-abc123.js", { headers: { "Accept-Encoding": "br, gzip" } });
  expect(zipped?.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(new Uint8Array((await zipped?.arrayBuffer()) ?? [])).toString()).toBe(
    await plain?.text(),
  );
});

test("other files are revalidated, and not sent twice", async () => {
  const first = await get("/theme.js");
  expect(first?.headers.get("cache-control")).toBe("no-cache");
  const again = await get("/theme.js", { headers: { "If-None-Match": first?.headers.get("etag") ?? "" } });
  expect(again?.status).toBe(304);
});

test("a missing file is not the page; nothing outside the folder is served; only reads are answered", async () => {
  expect(await get("/assets/gone.js")).toBeUndefined();
  expect(await get("/%2e%2e/secret.txt")).toBeUndefined();
  expect(await get("/..%2fsecret.txt")).toBeUndefined();
  expect(await get("/%zz")).toBeUndefined();
  expect(await get("/", { method: "POST" })).toBeUndefined();
  expect(await (await get("/", { method: "HEAD" }))?.text()).toBe("");
});

test("a folder has no listing, and what an archive or a repository leaves behind is not there", async () => {
  for (const path of [
    "/assets",
    "/assets/",
    "/.git",
    "/.git/config",
    "/.svn/entries",
    "/.env",
    "/package.json",
  ])
    expect([path, await get(path)]).toEqual([path, undefined]);
});

test("without a build the page says how to make one", async () => {
  const answer = await openHubRoutes(join(folder, "nothing")).answer(new Request("http://hub.test/"));
  expect(answer?.status).toBe(503);
  expect(await answer?.text()).toContain("npm run hub:build");
});

test("a file is kept in memory once, however its address is written", async () => {
  writeFileSync(join(folder, "dist", "assets", "kept-1.js"), "kept()");
  await get("/assets/kept-1.js");
  rmSync(join(folder, "dist", "assets", "kept-1.js"));
  for (const path of ["/assets//kept-1.js", "/assets/x%2f..%2fkept-1.js", "/assets/.%2fkept-1.js"])
    expect(await (await get(path))?.text()).toBe("kept()");
});
