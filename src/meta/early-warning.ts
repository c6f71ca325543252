import { cutText } from "../lib/cut-text.ts";
import type { JsonObject } from "./exact-json.ts";
import { parseMetaId } from "./meta-id.ts";

/**
 * Meta announces that messages may soon fail, or that the danger is over, while the share stands. Source:
 * webhooks/reference/phone_number_quality_update and message_template_status_update (September 2026).
 */
export interface EarlyWarning {
  kind: "early_warning";
  about: "quality" | "limit" | "template";
  /** The number, in digits, or the id of the template. */
  subject: string;
  isOver: boolean;
  /** Meta's words, for people. */
  detail: Record<string, string>;
}

type Reading = Pick<EarlyWarning, "about" | "isOver">;

const QUALITY: Readonly<Record<string, Reading>> = {
  FLAGGED: { about: "quality", isOver: false },
  UNFLAGGED: { about: "quality", isOver: true },
  DOWNGRADE: { about: "limit", isOver: false },
  UPGRADE: { about: "limit", isOver: true },
};

const TEMPLATE: Readonly<Record<string, Reading>> = {
  PAUSED: { about: "template", isOver: false },
  DISABLED: { about: "template", isOver: false },
  UNPAUSED: { about: "template", isOver: true },
  REINSTATED: { about: "template", isOver: true },
  APPROVED: { about: "template", isOver: true },
  PENDING_DELETION: { about: "template", isOver: true },
  DELETED: { about: "template", isOver: true },
};

/** Undefined: the field, or its event, warns of nothing. */
export function earlyWarningOf(field: string, value: JsonObject): EarlyWarning | undefined {
  const event = typeof value.event === "string" ? value.event.trim().toUpperCase() : "";
  if (field === "phone_number_quality_update") return ofNumber(event, value);
  if (field === "message_template_status_update") return ofTemplate(event, value);
  return undefined;
}

function ofNumber(event: string, value: JsonObject): EarlyWarning | undefined {
  const reading = Object.hasOwn(QUALITY, event) ? QUALITY[event] : undefined;
  const digits = textOf(value.display_phone_number).replace(/\D/g, "");
  if (reading === undefined || digits === "") return undefined;
  const limits = { from: textOf(value.old_limit), to: textOf(value.current_limit) };
  return { kind: "early_warning", ...reading, subject: digits, detail: { number: `+${digits}`, ...limits } };
}

function ofTemplate(event: string, value: JsonObject): EarlyWarning | undefined {
  const reading = Object.hasOwn(TEMPLATE, event) ? TEMPLATE[event] : undefined;
  const id = parseMetaId(value.message_template_id);
  if (reading === undefined || id === null) return undefined;
  const template = textOf(value.message_template_name) || id;
  const detail = { template, language: textOf(value.message_template_language), event: event.toLowerCase() };
  return { kind: "early_warning", ...reading, subject: id, detail };
}

const WORD_LIMIT = 100;

const textOf = (value: unknown): string => (typeof value === "string" ? cutText(value, WORD_LIMIT) : "");
