import { describe, expect, test } from "vitest";
import { clientMailTextOf } from "../messages/client-mail.ts";
import { clientTextOf } from "../messages/client-page.ts";
import { LANGUAGES, type Language } from "../messages/languages.ts";
import { isKnownReason, REASONS } from "../sharing/model/reason.ts";
import { causeRowOf, CLIENT_CAUSES, parseClientCause, type ClientCause } from "./client-cause.ts";
import {
  renderClientMail,
  type ClientMail,
  type ClientMailKind,
  type WhySent,
} from "./render-client-mail.ts";

const LINK = "https://share.example.com/reshare/rsl_abc123";
const WABA = {
  name: "Bright Dental Orders",
  numbers: ["+49 150 0000001"],
  link: LINK,
  expiresAt: Date.UTC(2026, 11, 13, 12),
  since: Date.UTC(2026, 10, 29, 12),
};
const MAIL: ClientMail = {
  cause: "partner_removed",
  kind: "first",
  whySent: "lost",
  language: "en",
  sender: {
    partnerName: "360dialog",
    brand: {
      color: "#0a7c66",
      logoUrl: "https://cdn.example.com/logo.png",
      support: "help@360dialog.example",
    },
    baseUrl: "https://share.example.com",
  },
  clientName: "Bright Dental",
  contactName: "Anna Müller",
  wabas: [WABA],
  unsubscribeUrl: "https://share.example.com/unsubscribe/uns_1",
};

const causes = Object.keys(CLIENT_CAUSES) as ClientCause[];
const languages = Object.keys(LANGUAGES) as Language[];
const KINDS: readonly (readonly [ClientMailKind, WhySent])[] = [
  ["first", "lost"],
  ["reminder", "not_repaired"],
  ["last_reminder", "not_repaired"],
  ["fresh_link", "asked_fresh"],
  ["manual", "by_hand"],
  ["warning", "warned"],
  ["first", "address_bounced"],
  ["repaired", "repaired"],
];
const countOf = (text: string, part: string): number => text.split(part).length - 1;

describe.each(languages)("in %s", (language) => {
  const page = clientTextOf(language);
  const mail = clientMailTextOf(language);

  test.each(causes)("%s: each kind is whole in both forms", (cause) => {
    const said = cause === "other" ? "meta:SOME_NEW_WORD" : cause;
    for (const [kind, whySent] of KINDS) {
      const { subject, text, html } = renderClientMail({ ...MAIL, language, cause: said, kind, whySent });
      for (const form of [subject, text, html]) expect(form).not.toMatch(/\{\{|undefined|null|NaN|\{\w+[,}]/);
      expect([subject, subject.length <= 78, subject.includes("Bright Dental")]).toEqual([
        subject,
        true,
        true,
      ]);
      const why = mail(`foot.${whySent}`, { partner: "360dialog", client: "Bright Dental" });
      for (const words of [
        "Anna Müller",
        "360dialog",
        "+49\u00a0150\u00a00000001",
        "help@360dialog.example",
        why,
      ])
        expect([text.includes(words), html.includes(words)]).toEqual([true, true]);
      const once = kind === "repaired" ? 0 : 1;
      expect([kind, countOf(text, LINK)]).toEqual([kind, once]);
      expect([kind, countOf(html, `href="${LINK}"`)]).toEqual([kind, 2 * once]);
      expect([kind, countOf(html, `>${LINK}<`)]).toEqual([kind, once]);
      expect(html).toContain(`<html lang="${language}" dir="ltr"`);
    }
  });

  test.each(causes.filter((cause) => causeRowOf(cause).topic === "loss"))(
    "%s: says what happened",
    (cause) => {
      const said = cause === "other" ? "meta:SOME_NEW_WORD" : cause;
      const what = page(`what.${cause as "other"}`, { partner: "360dialog", word: "SOME_NEW_WORD" });
      const { text, html } = renderClientMail({ ...MAIL, language, cause: said });
      expect(text).toContain(`${what}\n`);
      expect(html).toContain(`<p>${what}</p>`);
    },
  );

  test("several accounts: each has its name, its numbers and its own button", () => {
    const second = { ...WABA, name: "Bright Dental Support", numbers: ["+49 150 0000002"], link: `${LINK}2` };
    const { subject, text } = renderClientMail({ ...MAIL, language, wabas: [WABA, second] });
    expect(subject.length).toBeLessThanOrEqual(78);
    const [before = "", orders = "", support = ""] = text.split(/^Bright Dental (?:Orders|Support)$/m);
    expect(before).toContain("2");
    expect(orders).toContain(`${LINK}\n`);
    expect(support).toContain(`${LINK}2\n`);
  });

  test("a long name gives way in the subject", () => {
    const name =
      "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft & Co. KG aA";
    for (const [kind, whySent] of KINDS) {
      const { subject } = renderClientMail({ ...MAIL, language, kind, whySent, wabas: [{ ...WABA, name }] });
      expect([subject, subject.length <= 90, subject.includes("Donaudampfschif")]).toEqual([
        subject,
        true,
        true,
      ]);
    }
  });
});

test("every reason that clients can end has its words", () => {
  const theirs = Object.entries(REASONS).filter(([, { who }]) => who === "client");
  const general = theirs
    .map(([reason]) => reason)
    .filter((reason) => parseClientCause(reason).cause !== reason);
  // Not a loss: a number is added, not repaired.
  expect(general).toEqual(["no_numbers"]);
  const unknown = causes.filter((cause) => causeRowOf(cause).topic === "loss" && !isKnownReason(cause));
  expect(unknown).toEqual(["never_shared", "other"]);
});

test.each([
  ["meta:ACCOUNT_\u202eEVIL<b>", "other"],
  ["provider_token_invalid", "unspecified"],
  ["constructor", "unspecified"],
  ["", "unspecified"],
])("a reason %j is %s", (reason, cause) => expect(parseClientCause(reason).cause).toBe(cause));

test("an account that is gone is not said to be kept; what the client cannot have wanted is not asked for", () => {
  const mail = clientMailTextOf("en");
  const textWith = (cause: string): string => renderClientMail({ ...MAIL, cause }).text;
  expect(textWith("partner_removed")).toContain(mail("keeps"));
  expect(textWith("partner_removed")).toContain(mail("intended"));
  for (const cause of ["waba_deleted", "number_deleted"]) {
    expect(textWith(cause)).not.toContain(mail("keeps"));
    expect(textWith(cause)).not.toContain(mail("intended"));
  }
  expect(textWith("coexistence_banned")).not.toContain(mail("intended"));
});

describe("names of strangers", () => {
  const EVIL = `<script>alert('x')</script>"\r\nBcc: x@evil.example\u202e&{{accent}} {name}`;
  const all = renderClientMail({
    ...MAIL,
    clientName: EVIL,
    contactName: EVIL,
    wabas: [{ ...WABA, name: EVIL, numbers: [EVIL] }],
    sender: { ...MAIL.sender, partnerName: EVIL },
    cause: `meta:${EVIL}`,
  });

  test("are no markup, no line of a header and no turn of direction", () => {
    expect(all.html).not.toMatch(/<script|\u202e/);
    expect(all.html).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;");
    expect(all.subject).not.toMatch(/[\r\n\u202e]/);
    expect(all.text).not.toMatch(/^Bcc|\u202e/m);
  });

  test("are no template", () => expect(all.html).toContain("{{accent}}"));

  test("from right to left, they leave a number as it is", () => {
    const { html, text } = renderClientMail({ ...MAIL, contactName: "نور حداد 12" });
    expect(html).toContain("<bdi>نور حداد</bdi> 12");
    expect(text).toContain("\u2068نور حداد\u2069 12");
  });

  test("that are missing or blank are no gap", () => {
    const { subject, text } = renderClientMail({
      ...MAIL,
      clientName: " ",
      contactName: " \u200e ",
      wabas: [{ ...WABA, name: "\u202e", numbers: [], since: null, expiresAt: null }],
    });
    expect(subject).toBe("WhatsApp messages have stopped: your WhatsApp account");
    expect(text).toContain("Hello,\n");
    expect(text).toContain("Account: your WhatsApp account\n\n");
    expect(text).toContain("contact of your business");
  });
});

describe("what must be there", () => {
  test("an account, a link and a sender: else the error says what", () => {
    expect(() => renderClientMail({ ...MAIL, wabas: [] })).toThrow("is about an account");
    expect(() => renderClientMail({ ...MAIL, wabas: [{ ...WABA, link: null }] })).toThrow("has a link");
    expect(() => renderClientMail({ ...MAIL, wabas: [{ ...WABA, link: "javascript:alert(1)" }] })).toThrow(
      "an address in a mail begins with",
    );
    expect(() => renderClientMail({ ...MAIL, sender: { ...MAIL.sender, partnerName: "\n" } })).toThrow(
      "names its sender",
    );
  });

  test("many numbers are counted", () => {
    const numbers = Array.from({ length: 12 }, (_, index) => `+49 150 ${index}`);
    const { text } = renderClientMail({ ...MAIL, wabas: [{ ...WABA, numbers }] });
    expect(text).toContain(
      "Numbers: +49\u00a0150\u00a00, +49\u00a0150\u00a01, +49\u00a0150\u00a02 and 9 more",
    );
  });
});

describe("the look", () => {
  const htmlWith = (brand: Partial<ClientMail["sender"]["brand"]>, baseUrl: string | null = null): string =>
    renderClientMail({
      ...MAIL,
      sender: { ...MAIL.sender, brand: { ...MAIL.sender.brand, ...brand }, baseUrl },
    }).html;

  test("is the provider's: colour, logo and help", () => {
    const html = renderClientMail(MAIL).html;
    expect(html).toContain("background:#0a7c66");
    expect(html).toContain('src="https://cdn.example.com/logo.png"');
    expect(html).toContain('href="mailto:help@360dialog.example"');
    expect(htmlWith({ support: "https://help.example.com/" })).toContain('href="https://help.example.com/"');
    expect(htmlWith({ color: null })).toContain("background:#2f55d4");
  });

  test("a logo beside us is shown by https alone", () => {
    expect(htmlWith({ logoUrl: "/logo.png" }, "https://share.example.com")).toContain(
      'src="https://share.example.com/logo.png"',
    );
    for (const baseUrl of ["http://127.0.0.1:3600", null])
      expect(htmlWith({ logoUrl: "/logo.png" }, baseUrl)).not.toContain("<img");
  });

  test("loads nothing but the logo, so that nobody learns who reads", () => {
    const addresses = [...renderClientMail(MAIL).html.matchAll(/(?:src="|href="|url\()([^")]+)/g)];
    expect(new Set(addresses.map(([, address]) => address))).toEqual(
      new Set([
        LINK,
        "https://cdn.example.com/logo.png",
        "mailto:help@360dialog.example",
        MAIL.unsubscribeUrl,
      ]),
    );
  });
});
