import { brandColorsOf } from "../config/brand.ts";
import { assert } from "../lib/assert.ts";
import type { HexColor } from "../lib/contrast.ts";
import type { FootLine, MailBlock, MailContent, MailSender, MailTone, RenderedMail } from "./mail-content.ts";
import LAYOUT from "./mail-layout.json" with { type: "json" };
import { cleanText, escapeHtml, isolateIn } from "./safe-text.ts";

type BlockName = keyof typeof LAYOUT.blocks;

/** What a placeholder becomes; markup is our own, and all else is escaped. */
type Values = Readonly<Record<string, string | Markup>>;

class Markup {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
}

const OWN_COLOR: HexColor = "#2f55d4";
/** On white; the dark ones stand in mail-layout.mjml. */
const TONE_COLORS: Readonly<Record<MailTone, HexColor>> = {
  critical: "#c22f21",
  warning: "#8a5200",
  info: "#4f4c46",
  good: "#1b744a",
};
const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ps", "ur", "yi"]);
/** A list of mails cuts longer ones; a header of mail may not be much longer. */
const LONGEST_SUBJECT = 120;

/** Both forms of a mail. Throws where a value is missing or an address is none that a mail may have. */
export function renderMail(content: MailContent): RenderedMail {
  const subject = cleanText(content.subject).slice(0, LONGEST_SUBJECT).toWellFormed();
  assert(subject !== "", "a mail has a subject");
  return { subject, text: renderText(content), html: renderHtml({ ...content, subject }) };
}

function renderHtml({ language, subject, preview, sender, blocks, foot }: MailContent): string {
  const { accent, ink } = brandColorsOf(sender.color ?? OWN_COLOR);
  const isRtl = RIGHT_TO_LEFT.has(language.split("-")[0] ?? "");
  const look: Values = {
    language,
    direction: isRtl ? "rtl" : "ltr",
    start: isRtl ? "right" : "left",
    end: isRtl ? "left" : "right",
    accent: accent.light,
    accent_ink: ink.light,
    accent_dark: accent.dark,
    accent_ink_dark: ink.dark,
  };
  const block = (name: BlockName, values: Values): string =>
    fill(LAYOUT.blocks[name], { ...look, ...values });
  const head = renderSender(sender, block);
  return fill(LAYOUT.frame, {
    ...look,
    subject,
    preview,
    content: new Markup([head, ...blocks.map((each) => renderBlock(each, block))].join("\n")),
    foot: new Markup(foot.map((line) => renderFoot(line, block)).join("\n")),
  });
}

type FillBlock = (name: BlockName, values: Values) => string;

const renderSender = ({ name, logoUrl }: MailSender, block: FillBlock): string =>
  logoUrl === null ? block("brand", { name }) : block("logo", { name, url: addressOf(logoUrl) });

function renderBlock(each: MailBlock, block: FillBlock): string {
  switch (each.kind) {
    case "tone":
      return block("tone", { tone: each.tone, text: each.text, tone_color: TONE_COLORS[each.tone] });
    case "facts":
      return block("facts", {
        rows: new Markup(each.facts.map((fact) => block("fact", { ...fact })).join("\n")),
      });
    case "button":
    case "link":
      return block(each.kind, { label: each.label, url: addressOf(each.url) });
    case "address":
      return block("address", { lead: each.lead, url: addressOf(each.url) });
    case "line":
      return block("line", {});
    default:
      return block(each.kind, { text: each.text });
  }
}

const renderFoot = (line: FootLine, block: FillBlock): string =>
  "text" in line ? block("foot", line) : block("footlink", { ...line, url: addressOf(line.url) });

/** Once through: a value that looks like a placeholder stays as it is. */
function fill(template: string, values: Values): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_all, name: string) => {
    const value = values[name];
    assert(value !== undefined && value !== "", `a mail has a value for ${name}`);
    return value instanceof Markup ? value.html : isolateIn(escapeHtml(cleanText(value)), "<bdi>", "</bdi>");
  });
}

/** Links lead to pages and to mailboxes. */
function addressOf(url: string): string {
  const protocol = URL.parse(url)?.protocol ?? "";
  assert(/^(https?|mailto):$/.test(protocol), "an address in a mail begins with https:, http: or mailto:");
  return url;
}

/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. */
const [ISOLATE, END_OF_ISOLATE] = ["\u2068", "\u2069"];

function renderText({ blocks, foot }: MailContent): string {
  const body = blocks.map(textOf).filter((part) => part !== "");
  return `${[...body, `-- \n${foot.map(footTextOf).join("\n")}`].join("\n\n")}\n`;
}

const plain = (text: string): string => isolateIn(cleanText(text), ISOLATE, END_OF_ISOLATE);

function textOf(each: MailBlock): string {
  switch (each.kind) {
    case "facts":
      return each.facts.map(({ label, value }) => `${plain(label)}: ${plain(value)}`).join("\n");
    case "button":
    case "link":
      return `${plain(each.label)}:\n${addressOf(each.url)}`;
    case "address":
    case "line":
      return "";
    default:
      return plain(each.text);
  }
}

const footTextOf = (line: FootLine): string =>
  "text" in line ? plain(line.text) : `${plain(line.lead)} ${addressOf(line.url).replace(/^mailto:/, "")}`;
