import type { Brand } from "../config/brand.ts";
import { assert } from "../lib/assert.ts";
import { clientMailTextOf, type ClientMailText } from "../messages/client-mail.ts";
import { clientTextOf, type ClientText } from "../messages/client-page.ts";
import type { Language } from "../messages/languages.ts";
import { causeRowOf, parseClientCause, type ClientCause } from "./client-cause.ts";
import type { FootLine, MailBlock, RenderedMail } from "./mail-content.ts";
import { renderMail } from "./render-mail.ts";
import { cleanName, cleanText } from "./safe-text.ts";

/** `manual`: a person of the provider sent it. `warning`: before anything is lost. */
export type ClientMailKind =
  "first" | "reminder" | "last_reminder" | "fresh_link" | "manual" | "warning" | "repaired";

/** Why the reader gets it, as the foot of the mail says. */
export type WhySent =
  "lost" | "not_repaired" | "asked_fresh" | "by_hand" | "warned" | "address_bounced" | "repaired";

export interface ClientMail {
  /** A reason of the core: "partner_removed", "meta:SOME_WORD"; or what is warned of: "payment_missing". */
  cause: string;
  kind: ClientMailKind;
  whySent: WhySent;
  language: Language;
  sender: {
    partnerName: string;
    brand: Brand;
    /** PUBLIC_URL, for a logo that lies beside us; null: it is not set. */
    baseUrl: string | null;
  };
  clientName: string;
  contactName: string | null;
  /** All of one cause. */
  wabas: readonly ClientWaba[];
  /** Null: there is nothing to unsubscribe from. */
  unsubscribeUrl: string | null;
}

export interface ClientWaba {
  name: string;
  /** As people read them: "+49 150 0000001". */
  numbers: readonly string[];
  /** Its re-share page; null only in a mail of kind `repaired`. */
  link: string | null;
  /** Of the link; ms since the epoch. */
  expiresAt: number | null;
  /** Of the loss. */
  since: number | null;
}

/** What all sentences of one mail are made with. */
interface Voice {
  mail: ClientMailText;
  page: ClientText;
  partner: string;
  client: string;
  cause: ClientCause;
  word: string | null;
  kind: ClientMailKind;
}

const LONGEST_NAME = 60;
/** What most programs show of a subject. */
const SUBJECT_LENGTH = 78;
const LEAST_OF_A_NAME = 16;
const SHOWN_NUMBERS = 3;

/**
 * A message to a contact of a client, in its language: what happened, what stops, the one button, how long it
 * takes, what stays as it is, who writes and why. Throws when something that must be said is missing.
 */
export function renderClientMail(input: ClientMail): RenderedMail {
  const { language, sender, wabas, kind } = input;
  const { cause, word } = parseClientCause(input.cause);
  const page = clientTextOf(language);
  const voice: Voice = {
    ...{ mail: clientMailTextOf(language), page, cause, word, kind },
    partner: nameOf(sender.partnerName, null),
    client: nameOf(input.clientName, page("unnamed.business")),
  };
  const [first] = wabas;
  assert(first, "a message to a client is about an account");
  const what = whatOf(voice, wabas.length);
  return renderMail({
    language,
    subject: subjectOf(voice, wabas),
    preview: what,
    sender: { name: voice.partner, color: sender.brand.color, logoUrl: logoOf(sender) },
    blocks: [
      { kind: "heading", text: headingOf(voice) },
      paragraph(greetingOf(voice, input.contactName)),
      ...introOf(voice),
      paragraph(what),
      ...(kind === "repaired" ? wabas.map((waba) => factsOf(voice, waba)) : todoOf(voice, wabas)),
    ],
    foot: footOf(voice, input),
  });
}

const paragraph = (text: string): MailBlock => ({ kind: "paragraph", text });
const note = (text: string): MailBlock => ({ kind: "note", text });

/** A name as a sentence may hold it. `unnamed`: in place of none; null: there must be one. */
function nameOf(name: string, unnamed: string | null): string {
  const clean = cleanName(name, LONGEST_NAME) || unnamed;
  assert(clean, "a message to a client names its sender");
  return clean;
}

const accountOf = ({ page }: Voice, { name }: ClientWaba): string => nameOf(name, page("unnamed.account"));

function headingOf({ mail, page, cause, kind }: Voice): string {
  if (kind === "repaired") return page("headline.repaired");
  const { topic } = causeRowOf(cause);
  return topic === "loss" ? page("headline.lost") : mail(`heading.${topic}`);
}

/** As long as lists of mails show it: the name of the account gives way. */
function subjectOf(voice: Voice, wabas: readonly ClientWaba[]): string {
  const { mail, page, cause, kind } = voice;
  const others = wabas.length - 1;
  const name = cleanText(wabas[0]?.name ?? "") || page("unnamed.account");
  const topic = kind === "repaired" || kind === "fresh_link" ? kind : causeRowOf(cause).topic;
  const subjectWith = (shown: string): string => {
    const account = others === 0 ? shown : mail("accounts", { account: shown, count: others });
    const subject = mail(`subject.${topic}`, { account });
    return kind === "reminder" || kind === "last_reminder" ? mail(`again.${kind}`, { subject }) : subject;
  };
  const room = SUBJECT_LENGTH - subjectWith("").length;
  return subjectWith(cleanName(name, Math.max(room, LEAST_OF_A_NAME)));
}

function greetingOf({ mail }: Voice, contactName: string | null): string {
  const name = cleanName(contactName ?? "", LONGEST_NAME);
  return name === "" ? mail("greeting_unnamed") : mail("greeting", { name });
}

function introOf({ mail, kind }: Voice): MailBlock[] {
  return kind === "reminder" || kind === "last_reminder" || kind === "fresh_link"
    ? [paragraph(mail(`intro.${kind}`))]
    : [];
}

function whatOf({ mail, page, partner, client, cause, word, kind }: Voice, count: number): string {
  if (kind === "repaired") return mail("what.repaired", { partner });
  switch (cause) {
    case "app_activity_due_soon":
      return mail("warned.due_soon");
    case "app_activity_overdue":
      return mail("warned.overdue");
    case "payment_missing":
      return page("setup.payment_missing");
    case "payment_error":
      return page("setup.payment_error");
    default:
      if (count > 1) return mail("what.several", { partner, client, count });
      return page(`what.${cause}`, { partner, word: cleanName(word ?? "", LONGEST_NAME) });
  }
}

/** What stops, what to do, and what stays as it is. */
function todoOf(voice: Voice, wabas: readonly ClientWaba[]): MailBlock[] {
  const { mail, page, partner, cause } = voice;
  const { topic, needs, keeps, isChoice } = causeRowOf(cause);
  return [
    ...(topic === "loss" ? [paragraph(mail("effect", { partner }))] : []),
    ...(topic === "app_activity" ? [paragraph(page("app_activity.text"))] : []),
    ...(wabas.length === 1 ? wabas.map((waba) => factsOf(voice, waba)) : []),
    ...fixOf(voice).map(paragraph),
    ...wabas.flatMap((waba) => linkOf(voice, waba, wabas.length > 1)),
    { kind: "line" },
    ...(needs === null ? [] : [note(mail(`needs.${needs}`))]),
    ...(keeps ? [note(mail("keeps"))] : []),
    note(mail("no_password", { partner })),
    ...(isChoice ? [note(mail("intended"))] : []),
  ];
}

function fixOf({ mail, page, partner, cause }: Voice): string[] {
  const { way } = causeRowOf(cause);
  if (way !== "app") return [mail(`fix.${way}`)];
  const how = `loss.${cause}`;
  assert(page.has(how), `the client's page has ${how}`);
  return [page(how, { partner }), page("signup.phone")];
}

function factsOf(voice: Voice, waba: ClientWaba): MailBlock {
  const { mail, kind } = voice;
  return {
    kind: "facts",
    facts: [
      { label: mail("facts.account"), value: accountOf(voice, waba) },
      ...numbersOf(voice, waba),
      ...(waba.since === null || kind === "repaired"
        ? []
        : [{ label: mail("facts.since"), value: mail("since", { since: waba.since }) }]),
    ],
  };
}

function numbersOf({ mail }: Voice, { numbers }: ClientWaba): { label: string; value: string }[] {
  const count = numbers.length;
  if (count === 0) return [];
  const shown = numbers.slice(0, SHOWN_NUMBERS).map(unbroken).join(", ");
  const value =
    count <= SHOWN_NUMBERS ? shown : mail("numbers_more", { numbers: shown, count: count - SHOWN_NUMBERS });
  return [{ label: mail("facts.numbers", { count }), value }];
}

/** No line ends within a number. */
const unbroken = (number: string): string => number.replaceAll(" ", "\u00a0");

/** The button of an account, under its name where there are several. */
function linkOf(voice: Voice, waba: ClientWaba, isOneOfSeveral: boolean): MailBlock[] {
  const { link, expiresAt, numbers } = waba;
  assert(link, "a message to a client about a loss or a warning has a link");
  const { mail } = voice;
  const lead = expiresAt === null ? mail("address") : mail("address_until", { until: expiresAt });
  const name = accountOf(voice, waba);
  return [
    ...(isOneOfSeveral ? [{ kind: "strong", text: name } as const] : []),
    ...(isOneOfSeveral && numbers.length > 0
      ? [{ kind: "facts", facts: numbersOf(voice, waba) } as const]
      : []),
    { kind: "button", label: buttonOf(voice), url: link },
    { kind: "address", lead, url: link },
  ];
}

function buttonOf({ mail, page, cause }: Voice): string {
  switch (causeRowOf(cause).way) {
    case "assign":
    case "signup":
    case "app":
    case "page":
      return page("portal.restore");
    case "app_activity":
      return mail("button.confirm");
    case "payment":
      return mail("button.check");
    default:
      return mail("button.see");
  }
}

function footOf(voice: Voice, { whySent, sender, unsubscribeUrl }: ClientMail): FootLine[] {
  const { mail, page, partner, client } = voice;
  const { support } = sender.brand;
  const lead = page("support", { partner });
  return [
    { text: `${mail("foot.sender", { partner, client })} ${mail(`foot.${whySent}`, { partner, client })}` },
    support === null
      ? { text: lead }
      : { lead, label: support, url: support.includes("://") ? support : `mailto:${support}` },
    ...(unsubscribeUrl === null
      ? []
      : [{ lead: mail("foot.unsubscribe_lead"), label: mail("foot.unsubscribe"), url: unsubscribeUrl }]),
  ];
}

/** A mail shows pictures by https alone. */
function logoOf({ brand, baseUrl }: ClientMail["sender"]): string | null {
  const { logoUrl } = brand;
  const url = logoUrl?.startsWith("/") === true ? `${baseUrl ?? ""}${logoUrl}` : logoUrl;
  return url?.startsWith("https://") === true ? url : null;
}
