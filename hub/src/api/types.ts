/**
 * The shapes of `/api/v1` under the names that the Hub uses, and the few questions every page asks of them.
 * The shapes themselves are generated from the routes (`npm run hub:types`). Instants are ISO 8601 strings,
 * Meta's ids are strings.
 */
import type * as generated from "./generated/types.gen.ts";

export type {
  Alert,
  AlertChannel,
  AlertChannelChange,
  AlertChannelTest,
  AlertRoute,
  ApiKey,
  AuditLine,
  CanSend,
  ChannelKey,
  ClientContact,
  ClientDetails,
  ClientMessage,
  Condition,
  Distribution,
  Figures,
  Incident,
  InvitedUser,
  Labels,
  ListedSession,
  Connection,
  WebhookCheck,
  ProbeBudget,
  ProbePlan,
  Repair,
  ModeSteps,
  NewAlertChannel,
  NumberPage,
  ObservedCohort,
  ObservedStep,
  ObserveReport,
  Overview,
  Passkey,
  Session,
  SentClientMessage,
  SignInWays,
  NewSignup,
  NewTotp,
  Signup,
  SignupOutcomes,
  TimelineEntry,
  User,
  Waba,
  WabaSummary,
  WabaWatch,
  EventTypeList,
  NewWebhookEndpoint,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookEndpoint,
  WebhookTest,
} from "./generated/types.gen.ts";

export type AlertNotification = generated.Alert["notifications"][number];
/** What is asked for when an alert route is made or changed. */
export type AlertRouteBody = generated.CreateAlertRouteData["body"];
export type AlertRouteChange = NonNullable<generated.UpdateAlertRouteData["body"]>;
/** What is asked for when an API key is made. */
export type ApiKeyWish = generated.CreateApiKeyData["body"];
/** What is asked for when a webhook endpoint is made or changed. */
export type EndpointBody = generated.CreateWebhookEndpointData["body"];
export type EndpointChange = NonNullable<generated.UpdateWebhookEndpointData["body"]>;
export type EventType = NonNullable<EndpointBody["event_types"]>[number];
export type DeliveryOutcome = generated.WebhookTest["outcome"];
/** What only a person has, not a key. */
export type SessionPerson = NonNullable<generated.SessionPerson>;
export type Lamp = generated.Waba["lamp"];
export type Mode = generated.Waba["mode"];
export type AppBudget = generated.ProbeBudget["apps"][number];
/** What a client may choose, where the partner does not. */
export type AnsweredFlow = keyof NonNullable<generated.Signup["launches"]>;
export type SignupStep = generated.Signup["steps"][number];
export type Truth = generated.Condition["status"];
export type WabaNumber = generated.Number;
export type Method = generated.RecoveryMethod;
export type Step = generated.RecoveryStep;
export type Recovery = NonNullable<generated.Recovery>;
/** One line of `GET /events/stream`. */
export type ShareEvent = generated.Event;
/** Any field may be missing in a proxy's answer, and the Hub's own refusals have codes of their own. */
export type ProblemBody = Partial<Omit<generated.Problem, "code"> & { code: string }>;

export interface Page<T> {
  data: T[];
  has_more: boolean;
  next_cursor: string | null;
}

/** The phone number, or its id while Meta has not named the number yet. */
export const phoneOf = (number: Pick<WabaNumber, "display_phone_number" | "phone_number_id">): string =>
  number.display_phone_number ?? number.phone_number_id;

/** How many alerts fire that nobody is on; one that was just taken stays listed until that is read again. */
export const firingCountOf = ({ data }: { data: generated.Alert[] }): number =>
  data.filter(({ state }) => state === "firing").length;

export const wabaIdOf = ({ id }: { id: string }): string => id;

/** WABAs that are neither live nor offboarded: the result of `broken=true`. */
export const brokenCountOf = ({ client, provider, meta }: generated.Overview["counts"]): number =>
  client + provider + meta;

/** How many WABAs have a red lamp. */
export const redCountOf = ({ by_status }: generated.Overview): number =>
  by_status.reduce((sum, { lamp, count }) => sum + (lamp === "red" ? count : 0), 0);

/** Whether a re-share link may be sent to the client of this WABA. */
export const maySendLink = (waba: generated.Waba | generated.WabaSummary): boolean =>
  waba.who_must_act === "client" || waba.has_reshare_link;
