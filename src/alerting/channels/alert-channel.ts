import { z } from "zod";
import { isMailAddress } from "../../lib/mail-address.ts";

/** Where alerts can be sent. */
export const CHANNEL_TYPES = [
  ...(["email", "slack", "teams", "discord", "webhook"] as const),
  ...(["pagerduty", "alertmanager"] as const),
] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

export const CHANNEL_STATES = ["enabled", "paused"] as const;

const Url = z
  .url({ protocol: /^https?$/, error: "use an https address" })
  .max(2000)
  .refine((text) => {
    const url = URL.parse(text);
    return url === null || (url.username === "" && url.password === "" && url.hash === "");
  }, "leave out user, password and #");

const Printable = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[\x21-\x7e]*$/, "printable characters without spaces alone");

const MailAddress = z
  .string()
  .trim()
  .max(254)
  .refine(isMailAddress, "use an e-mail address such as anna@example.com");

/** What people set of each type. It is sealed as a whole. */
export const CHANNEL_SETTINGS = {
  email: z.strictObject({
    to: z
      .array(MailAddress)
      .min(1)
      .max(20)
      .refine((to) => new Set(to).size === to.length, "each address once")
      .describe("Each of them gets a mail of its own."),
  }),
  slack: z.strictObject({ url: Url.describe("The address of an incoming webhook.") }),
  teams: z.strictObject({ url: Url.describe("The address of a workflow that posts to a chat or channel.") }),
  discord: z.strictObject({ url: Url.describe("The address of a webhook of a text channel.") }),
  webhook: z.strictObject({
    url: Url.describe("The receiver of `POST` requests."),
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "use whsec_ and 24 to 64 bytes in Base64")
      .optional()
      .describe("`whsec_…`: signs as Standard Webhooks says. Left out: no signature."),
  }),
  pagerduty: z.strictObject({
    routing_key: z
      .string()
      .regex(/^[A-Za-z0-9]{32}$/, "use the 32 letters and digits of the integration key")
      .describe("The integration key of a service, of the type Events API v2."),
    region: z.enum(["us", "eu"]).default("us").describe("The service region of the account."),
  }),
  alertmanager: z
    .strictObject({
      url: Url.describe("Its address, such as `http://alertmanager:9093`, without `/api/v2/alerts`."),
      username: Printable.optional().describe("For basic authentication, with `password`."),
      password: Printable.optional(),
      bearer_token: Printable.optional().describe("In place of `username` and `password`."),
    })
    .refine(
      ({ username, password }) => (username === undefined) === (password === undefined),
      "give both username and password, or neither",
    )
    .refine(
      ({ username, bearer_token: token }) => username === undefined || token === undefined,
      "give either bearer_token or username and password",
    ),
} as const satisfies Record<ChannelType, z.ZodType>;

export type SettingsOf<Type extends ChannelType> = z.output<(typeof CHANNEL_SETTINGS)[Type]>;

/** The type of a channel, with the settings of that type. */
export type ChannelAddress = {
  [Type in ChannelType]: { type: Type; settings: SettingsOf<Type> };
}[ChannelType];

/** One that takes HTTP requests. */
export type HttpAddress = Exclude<ChannelAddress, { type: "email" }>;

/** A place that alerts are sent to, without what is sealed of it. Instants: ms since the epoch. */
export interface AlertChannel {
  id: string;
  name: string;
  type: ChannelType;
  state: (typeof CHANNEL_STATES)[number];
  /** The first failure since the last success. */
  failingSince: number | null;
  lastFailure: string | null;
  version: number;
  createdAt: number;
  createdBy: string;
}

/** Settings as answers and the audit show them. */
export interface ShownSettings {
  /** Where it goes, for people: "hooks.slack.com, …wxyz". */
  address: string;
  /** Names of the secrets that are set. */
  secrets: string[];
}

/** Undefined when they are not settings of that type. */
export function parseAddress(type: ChannelType, settings: unknown): ChannelAddress | undefined {
  const { data } = CHANNEL_SETTINGS[type].safeParse(settings);
  return data && ({ type, settings: data } as ChannelAddress);
}

/** The address that requests go to; null: the type has a fixed one. */
export const urlOf = (address: ChannelAddress): URL | null =>
  "url" in address.settings ? new URL(address.settings.url) : null;

/** What people may see: of an address that is itself a secret no more than its host and its end. */
export function shownOf(channel: ChannelAddress): ShownSettings {
  const { type, settings } = channel;
  if (type === "email") return { address: settings.to.join(", "), secrets: [] };
  if (type === "pagerduty") {
    const { region, routing_key: key } = settings;
    return { address: `PagerDuty (${region.toUpperCase()}), ${endOf(key)}`, secrets: ["routing_key"] };
  }
  const url = new URL(settings.url);
  if (type === "alertmanager") {
    const secrets = (["password", "bearer_token"] as const).filter((name) => settings[name] !== undefined);
    return { address: url.origin + url.pathname, secrets: [...secrets] };
  }
  const secret = type === "webhook" && settings.secret !== undefined ? ["secret"] : [];
  return { address: `${url.host}, ${endOf(url.pathname + url.search)}`, secrets: ["url", ...secret] };
}

const SHOWN = 4;
/** Its last characters; none of a text so short that they would give it away. */
const endOf = (secret: string): string => `…${secret.length >= 4 * SHOWN ? secret.slice(-SHOWN) : ""}`;

/** Every piece of the settings that no log, answer or detail may hold; the longest first. */
export function secretsIn({ type, settings }: HttpAddress): string[] {
  if (type === "pagerduty") return [settings.routing_key];
  const url = new URL(settings.url);
  const path = url.pathname + url.search;
  const others =
    type === "webhook"
      ? [settings.secret]
      : type === "alertmanager"
        ? [settings.password, settings.bearer_token]
        : [];
  const pieces = type === "alertmanager" ? [url.search] : [settings.url, path, url.pathname];
  return [...pieces, ...others]
    .filter((piece) => piece !== undefined && piece.length > 3)
    .toSorted((left = "", right = "") => right.length - left.length) as string[];
}
