import type { AlertChannel, AlertChannelChange, Lamp, NewAlertChannel } from "../../api/types.ts";

export type ChannelType = AlertChannel["type"] | "email";

/** One setting of a type of channel, as the form asks for it. */
export interface ChannelField {
  name: string;
  /** `secret`: hidden while it is typed. `emails`: some, with commas. */
  kind: "url" | "text" | "secret" | "choice" | "emails";
  isOptional?: true;
  placeholder?: string;
  choices?: readonly string[];
}

const url = (placeholder: string): ChannelField => ({ name: "url", kind: "url", placeholder });

/** What people enter of each type, in the order of the form. */
export const CHANNEL_FIELDS: Record<ChannelType, readonly ChannelField[]> = {
  email: [{ name: "to", kind: "emails", placeholder: "ada@example.com, bo@example.com" }],
  slack: [url("https://hooks.slack.com/services/…")],
  teams: [url("https://….api.powerplatform.com/…")],
  discord: [url("https://discord.com/api/webhooks/…")],
  webhook: [
    url("https://ops.example.com/alerts"),
    { name: "secret", kind: "secret", isOptional: true, placeholder: "whsec_…" },
  ],
  pagerduty: [
    { name: "routing_key", kind: "secret" },
    { name: "region", kind: "choice", choices: ["us", "eu"] },
  ],
  alertmanager: [
    url("http://alertmanager:9093"),
    { name: "username", kind: "text", isOptional: true },
    { name: "password", kind: "secret", isOptional: true },
    { name: "bearer_token", kind: "secret", isOptional: true },
  ],
};

export type Settings = Record<string, string>;

/** What the form holds of a new channel. */
export interface ChannelWish {
  name: string;
  type: ChannelType;
  settings: Settings;
}

export const EMPTY_WISH: ChannelWish = { name: "", type: "slack", settings: {} };

/** What is wrong of one field while it is typed; the API has the last word. */
export const isWrong = ({ kind }: ChannelField, text: string): boolean =>
  kind === "url" && text.includes("://") && !isAddress(text);

const mailsOf = (text: string): string[] => [
  ...new Set(text.split(/[\s,;]+/).filter((address) => address !== "")),
];

const isFilled = ({ kind, isOptional }: ChannelField, text: string): boolean => {
  if (text === "") return isOptional ?? false;
  if (kind === "emails") return mailsOf(text).every((address) => /^[^@]+@[^@]+\.[^@]+$/.test(address));
  return kind !== "url" || isAddress(text);
};

const isAddress = (text: string): boolean =>
  URL.canParse(text.trim()) && /^https?:$/.test(new URL(text.trim()).protocol);

/** The settings of a type without what is empty; undefined while something is missing. */
export function settingsOf(
  type: ChannelType,
  settings: Settings,
): Record<string, string | string[]> | undefined {
  const entries = CHANNEL_FIELDS[type].map((field) => ({
    field,
    text: (settings[field.name] ?? field.choices?.[0] ?? "").trim(),
  }));
  if (!entries.every(({ field, text }) => isFilled(field, text))) return undefined;
  const given = entries.filter(({ text }) => text !== "");
  return Object.fromEntries(
    given.map(({ field, text }) => [field.name, field.kind === "emails" ? mailsOf(text) : text]),
  );
}

/** What is sent to add the channel; undefined while something is missing. */
export function bodyOf({ name, type, settings }: ChannelWish): NewAlertChannel | undefined {
  const given = settingsOf(type, settings);
  if (name.trim() === "" || given === undefined) return undefined;
  // The table of fields names exactly the settings of each type.
  return { name: name.trim(), type, settings: given } as NewAlertChannel;
}

/** What is sent to change it: `settings` null, those that it has stay. Undefined: nothing is changed yet. */
export function changeOf(
  channel: Pick<AlertChannel, "name" | "type">,
  wish: { name: string; settings: Settings | null },
): AlertChannelChange | undefined {
  const given = wish.settings === null ? undefined : settingsOf(channel.type, wish.settings);
  if (wish.name.trim() === "" || (wish.settings !== null && given === undefined)) return undefined;
  const change: AlertChannelChange = {
    ...(wish.name.trim() !== channel.name && { name: wish.name.trim() }),
    ...(given !== undefined && { settings: given }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** Green only while messages arrive. */
export function lampOfChannel({ state, failing_since, address }: AlertChannel): Lamp {
  if (failing_since !== null || address === null) return "red";
  return state === "paused" ? "grey" : "green";
}
