import type { AuditFilters } from "../../api/queries.ts";
import type { AuditLine } from "../../api/types.ts";
import { sentenceOf } from "../../labels.ts";
import { t } from "../../messages.ts";

/** One field of what an act changed. Undefined: the line does not say. */
export interface Change {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

/** What an act changed, by field. */
export function changesOf({ before, after }: Pick<AuditLine, "before" | "after">): Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].map((name) => ({
    field: sentenceOf(name),
    before: before && textOf(before[name]),
    after: after && textOf(after[name]),
  }));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === "") return t("settings.audit.nothing");
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "string" || typeof value === "number") return String(value);
  const isList = Array.isArray(value) && value.every((one) => typeof one === "string");
  if (isList) return value.length === 0 ? t("settings.audit.nothing") : value.join(", ");
  return JSON.stringify(value);
}

/** A day as an address has it, "2026-11-28"; undefined for anything else. */
const startOf = (day: string | undefined): Date | undefined => {
  const at = /^\d{4}-\d\d-\d\d$/.test(day ?? "") ? new Date(`${day}T00:00:00`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) ? at : undefined;
};

/** The days of the address as instants: both days are included, in the viewer's zone. */
export function instantsOf({ from, until, ...rest }: AuditFilters): AuditFilters {
  const first = startOf(from);
  const after = startOf(until);
  after?.setDate(after.getDate() + 1);
  return { ...rest, from: first?.toISOString(), until: after?.toISOString() };
}
