import type { NumberPage } from "../../api/types.ts";
import { sentenceOf } from "../../labels.ts";
import { has, t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

/**
 * Meta's last answer about the number, in the order people need it. New fields follow under Meta's own name.
 */
export function ProfilePanel({ number }: { number: NumberPage }) {
  return (
    <aside className="details" aria-labelledby="profile-title">
      <h2 id="profile-title">{t("number.profile")}</h2>
      {number.profile_read_at ? (
        <p className="muted small">
          {t("number.as_of")} <RelativeTime at={number.profile_read_at} focusable />
        </p>
      ) : null}
      <dl>
        {profileRowsOf(number.profile).map(([name, value]) => (
          <div key={name}>
            <dt>{profileFieldOf(name)}</dt>
            <dd>{profileWordOf(value)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("number.meta_id")}</dt>
          <dd>
            <CopyId value={number.phone_number_id} what={t("copied_things.phone_number_id")} />
          </dd>
        </div>
        <div>
          <dt>{t("number.id")}</dt>
          <dd>
            <CopyId value={number.id} what={t("copied_things.number_id")} />
          </dd>
        </div>
      </dl>
    </aside>
  );
}

type Plain = string | number | boolean;

/** In the order people ask for them. */
const FIELDS = [
  "status",
  "quality_rating",
  "throughput",
  "platform_type",
  "is_on_biz_app",
  "name_status",
  "code_verification_status",
  "account_mode",
];

function profileFieldOf(name: string): string {
  const key = `number.profile_fields.${name}`;
  return has(key) ? t(key) : sentenceOf(name);
}

/** The page's head shows the number and its name, and the ids follow below. */
const TOLD_ELSEWHERE = new Set(["id", "display_phone_number", "verified_name"]);

function profileRowsOf(profile: NumberPage["profile"]): [string, Plain][] {
  const placeOf = (name: string): number => (FIELDS.includes(name) ? FIELDS.indexOf(name) : FIELDS.length);
  return Object.entries(profile)
    .filter((entry): entry is [string, Plain] => isPlain(entry[1]) && !TOLD_ELSEWHERE.has(entry[0]))
    .sort(([a], [b]) => placeOf(a) - placeOf(b));
}

const isPlain = (value: unknown): value is Plain =>
  (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean";

/** Meta's constants as plain text; everything else unchanged. */
function profileWordOf(value: Plain): string {
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  const text = String(value);
  const key = `number.profile_values.${text}`;
  if (has(key)) return t(key);
  return /^[A-Z]+[A-Z_]*$/.test(text) ? sentenceOf(text) : text;
}
