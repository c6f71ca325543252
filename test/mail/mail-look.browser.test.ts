/** Mails as a reader sees them: in six languages, light and dark, on a phone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAlertMail } from "../../src/mail/render-alert-mail.ts";
import { renderClientMail, type ClientMail } from "../../src/mail/render-client-mail.ts";
import { LANGUAGES, type Language } from "../../src/messages/languages.ts";
import { accessibilityFaultsOf, fitsWidth, openBrowser, type TestBrowser } from "../support/browser.ts";

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.stop());

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const MAIL: Omit<ClientMail, "language"> = {
  cause: "partner_removed",
  kind: "reminder",
  whySent: "not_repaired",
  sender: {
    partnerName: "360dialog",
    brand: { color: "#b00020", logoUrl: null, support: `help@${"long-".repeat(10)}name.example` },
    baseUrl: null,
  },
  clientName: LONG,
  contactName: LONG,
  wabas: [
    {
      name: `${LONG} نور 12`,
      numbers: ["+49 150 0000001", "+49 150 0000002"],
      link: `https://share.example.com/reshare/rsl_${"a1b2c3d4".repeat(8)}`,
      expiresAt: Date.UTC(2026, 11, 13, 12),
      since: Date.UTC(2026, 10, 29, 12),
    },
  ],
  unsubscribeUrl: "https://share.example.com/unsubscribe/uns_1",
};

/** Landmarks are those of the program that shows the mail. */
const OF_A_PAGE = /^(landmark-one-main|region):/;

/** What is wrong with a mail on a screen of this width. */
async function faultsOf(html: string, colorScheme: "light" | "dark", width: number): Promise<unknown> {
  const page = await browser.page({ colorScheme, viewport: { width, height: 740 } });
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.setContent(html);
  const fits = await fitsWidth(page);
  const background = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const found = await accessibilityFaultsOf(page);
  await page.context().close();
  return { fits, background, requests, faults: found.filter((fault) => !OF_A_PAGE.test(fault)) };
}

const CLEAN = { fits: true, requests: [], faults: [] };
const BACKGROUNDS = { light: "rgb(242, 241, 238)", dark: "rgb(18, 18, 17)" };

test.each(
  (Object.keys(LANGUAGES) as Language[]).flatMap(
    (language) =>
      [
        [language, "light"],
        [language, "dark"],
      ] as const,
  ),
)("a mail to a client in %s, %s", async (language, scheme) => {
  const { html } = renderClientMail({ ...MAIL, language });
  expect(await faultsOf(html, scheme, 360)).toEqual({ ...CLEAN, background: BACKGROUNDS[scheme] });
});

test.each(["light", "dark"] as const)("an alert, %s, on a wide screen", async (scheme) => {
  const { html } = renderAlertMail({
    title: `201 clients removed our access in 3 min: ${LONG}`,
    severity: "warning",
    state: "firing",
    lines: ["Their messages have stopped."],
    facts: [{ label: "First", value: `${LONG}, 14:03 UTC` }],
    actions: [
      { label: "Open the alert", url: "https://share.example.com/alerts/1" },
      { label: "Acknowledge", url: "https://share.example.com/alerts/1/acknowledge" },
    ],
    why: "You get this mail because of the route “On call”.",
  });
  expect(await faultsOf(html, scheme, 700)).toEqual({ ...CLEAN, background: BACKGROUNDS[scheme] });
});
