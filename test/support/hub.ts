import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { buildHubIfNeeded, HUB_DIST } from "../../bin/build-hub.mjs";
import { openBrowser, type TestBrowser } from "./browser.ts";
import { openSandbox, type TestSandbox } from "./sandbox.ts";
import { until } from "./until.ts";

/** The built Hub on a sandbox of its own, and a real browser to use it with. */
export interface TestHub {
  app: TestSandbox;
  browser: TestBrowser;
  /** A page of a person who has signed in, at this path. */
  signedIn(path?: string, options?: BrowserContextOptions): Promise<Page>;
  stop(): Promise<void>;
}

/** `env`: settings beside those of the sandbox. */
export async function openHub(env: Record<string, string> = {}): Promise<TestHub> {
  await buildHubIfNeeded();
  const app = await openSandbox(env, HUB_DIST);
  const browser = await openBrowser().catch(async (error: unknown) => {
    await app.stop();
    throw error;
  });
  return {
    app,
    browser,
    signedIn: async (path = "/", options = {}) => {
      const page = await browser.page(options);
      await page.goto(`${app.url()}/sign-in?next=${encodeURIComponent(path)}`);
      await signIn(page);
      await page.waitForURL(`${app.url()}${path}`);
      // The address changes first: the sign-in stays until the session and the labels are read.
      await page.getByLabel("API key", { exact: true }).waitFor({ state: "detached" });
      await untilLoaded(page);
      return page;
    },
    stop: async () => {
      await browser.stop();
      await app.stop();
    },
  };
}

/** The sandbox fills its key in: a new user only clicks. */
export async function signIn(page: Page): Promise<void> {
  const field = page.getByLabel("API key", { exact: true });
  await until("the key is filled in", async () => (await field.inputValue()) || undefined);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Nothing on the page is a skeleton any more. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
}

/** Waits until each of these stands within `where`. */
export async function untilSeen(where: Page | Locator, ...texts: string[]): Promise<void> {
  for (const text of texts) await where.getByText(text, { exact: false }).first().waitFor();
}

/** Waits until there are exactly so many of them. */
export async function untilCount(of: Locator, count: number): Promise<void> {
  await until(`${count} of ${of.toString()}`, async () => ((await of.count()) === count ? true : undefined));
}

/** The head of a WABA's page once it says this, with this lamp. */
export async function untilStatus(page: Page, label: string, lamp: string): Promise<void> {
  await page.locator(`.waba-head .status[data-lamp=${lamp}]`, { hasText: label }).waitFor();
}
