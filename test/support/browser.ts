/**
 * A real browser for tests and screenshots: the Chromium that comes inside a package of the registry, nothing
 * to install. Start one per test file (`openBrowser` in `beforeAll`, `stop` in `afterAll`) and one context
 * per test: contexts are cheap and share no cookies, storage or windows.
 */
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import bundledChromium from "@sparticuz/chromium";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

const require = createRequire(import.meta.url);

/** How long a step waits for its condition before it fails. Conditions only; nothing here sleeps. */
const STEP_TIMEOUT_MS = 30_000;

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 360, height: 740 };
/** As a phone says what it is: the server leads it another way than a computer. */
export const PHONE_AGENT =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

export interface TestBrowser {
  browser: Browser;
  /** A context of its own, 1440 px wide and light unless said otherwise. */
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A page in a context of its own. */
  page(options?: BrowserContextOptions): Promise<Page>;
  stop(): Promise<void>;
}

/**
 * `--no-sandbox` only: as root Chromium needs it, and the package's own arguments switch web security off,
 * which would hide faults of origins and headers from the tests.
 */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = await bundledChromium.executablePath();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], headless: true });
  const context = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const opened = await browser.newContext({
      viewport: WIDE,
      colorScheme: "light",
      locale: "en-GB",
      timezoneId: "UTC",
      reducedMotion: "reduce",
      ...options,
    });
    opened.setDefaultTimeout(STEP_TIMEOUT_MS);
    return opened;
  };
  return {
    browser,
    context,
    page: async (options) => (await context(options)).newPage(),
    stop: () => browser.close(),
  };
}

/** Writes a PNG of the whole page, down to `mostHeight` px; the folder is made when it is missing. */
export async function takeScreenshot(page: Page, path: string, mostHeight = 4000): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const whole = await page.evaluate<number>("document.documentElement.scrollHeight");
  const { width, height } = page.viewportSize() ?? WIDE;
  const clip = { x: 0, y: 0, width, height: Math.max(height, Math.min(whole, mostHeight)) };
  await page.screenshot({ path, fullPage: true, clip, animations: "disabled" });
}

/**
 * What axe-core finds against WCAG 2.2 A and AA: `["color-contrast: #a, .b"]`; an empty list is a clean page.
 */
export async function accessibilityFaultsOf(page: Page): Promise<string[]> {
  // Evaluated by the debugger and not added as a tag, so that a strict content security policy does not keep
  // it out.
  await page.evaluate(await axeSource());
  await page.evaluate(END_TRANSITIONS);
  const found = await page.evaluate<AxeFinding[]>(RUN_AXE);
  return found.map(({ id, nodes }) => `${id}: ${nodes.join(", ")}`);
}

function axeSource(): Promise<string> {
  return readFile(require.resolve("axe-core/axe.min.js"), "utf8");
}

interface AxeFinding {
  id: string;
  nodes: string[];
}

/** During the change from light to dark the colours are not final: finite animations are set to their end. */
const END_TRANSITIONS = `(async () => {
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  for (const each of document.getAnimations())
    if (each.effect?.getComputedTiming().iterations !== Infinity) each.finish();
})()`;

const RUN_AXE = `(async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await window.axe.run(document, { runOnly: { type: "tag", values: tags } });
  const nodesOf = (each) => each.nodes.map((node) => node.target.join(" "));
  return result.violations.map((each) => ({ id: each.id, nodes: nodesOf(each) }));
})()`;

/** True when nothing sticks out to the right: the page scrolls in one direction only. */
export function fitsWidth(page: Page): Promise<boolean> {
  return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
}

/** Errors of scripts and of the console since the call; read it at the end of a test. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on(
    "console",
    (message) => message.type() === "error" && errors.push(`${message.text()} ${message.location().url}`),
  );
  return errors;
}
