import type { Actor, Kind, TimelineEntry } from "./api/types.ts";
import { timesTexts } from "./times-texts.ts";
import { connectionTexts } from "./connection-texts.ts";
import { observeTexts } from "./observe-texts.ts";
import { onboardingTexts } from "./onboarding-texts.ts";
import { appLinkTexts, numberTexts, wabaTexts } from "./waba-texts.ts";

const countOf = (n: number, thing: string): string => `${n.toLocaleString()} ${thing}${n === 1 ? "" : "s"}`;

/**
 * Every sentence of the Hub that does not come from the API. One place, so that a native speaker can correct
 * it.
 */
export const texts = {
  product: "Sharekeeper",
  skip: "Skip to the content",
  nav: {
    label: "Main",
    overview: "Overview",
    wabas: "WABAs",
    onboarding: "Onboarding",
    observe: "Observe",
    connection: "Connection",
    search: "Search",
    menu: "Menu",
  },
  since: "Since",
  never: "never",
  yes: "Yes",
  no: "No",
  none: "None",
  copied: "Copied",
  copyShort: "Copy",
  copy: (what: string) => `Copy ${what}`,
  things: {
    wabaId: "the WABA id",
    portfolioId: "the client's portfolio id",
    reference: "your reference",
    phoneNumberId: "Meta's phone number id",
    numberId: "the number's id",
    requestId: "the request id",
    evidence: "the evidence",
    key: "the key",
  },
  loading: "Loading",
  retry: "Try again",
  cancel: "Cancel",
  close: "Close",
  opensNewTab: "(opens a new tab)",
  problem: {
    title: "This did not work",
    silent: "Sharekeeper does not answer",
    silentDetail: "The server cannot be reached from this browser. Nothing is lost; try again in a moment.",
    notJson: "The answer is not from Sharekeeper's API. A proxy in between may have answered instead.",
    request: "Request",
    forbiddenTitle: "You may not see this",
    forbiddenDetail: "Your role does not include this page. Ask an administrator of this installation.",
    notFoundTitle: "There is nothing at this address",
    notFoundDetail: "The link may be mistyped, or the page no longer exists.",
    noWaba: (id: string) => `There is no WABA ${id} here`,
    noWabaDetail: "Sharekeeper does not know this id. Search for the client, the name or a number.",
    noNumber: (id: string) => `There is no number ${id} here`,
    noNumberDetail: "Sharekeeper knows no number with this id. Search for it in any format.",
    toOverview: "Go to the overview",
    toWabas: "Search all WABAs",
    crashedTitle: "This page stopped working",
    crashedDetail:
      "The error is on our side. Load the page again. If the error returns, send us the text below.",
    reload: "Load again",
  },
  signIn: {
    title: "Sign in",
    lead: (partner: string) =>
      `The Hub of ${partner}: which WABAs are broken, since when, and what to do next.`,
    label: "API key",
    submit: "Sign in",
    working: "Signing in",
    where:
      "The key is the ADMIN_API_KEY this installation was started with, or one that an administrator gave you.",
    sandbox: "This is the sandbox. Its key is filled in already.",
    show: "Show",
    hide: "Hide",
    wrong: "This key is not valid here. Check that it was copied whole, without spaces.",
    empty: "Enter an API key.",
  },
  onboarding: onboardingTexts,
  overview: {
    title: "Overview",
    incidentSince: "Since",
    allStopped: (wabas: number, numbers: number) =>
      `All sending with our token has stopped: ${countOf(wabas, "WABA")}, ${countOf(numbers, "number")}`,
    stopped: (wabas: number, numbers: number) =>
      `Sending has stopped: ${countOf(wabas, "WABA")}, ${countOf(numbers, "number")}`,
    stoppedDetail:
      "Meta refuses the access token that these messages are sent with. They are refused until it is replaced.",
    tokenSteps: [
      "Create a new token for our system user at Meta, with all permissions of the old one.",
      "Set it as META_SYSTEM_USER_TOKEN and restart Sharekeeper.",
    ],
    stillSending: (n: number) => `${countOf(n, "WABA")} still sending, not verified.`,
    affected: (n: number) => `Show the ${countOf(n, "affected WABA")}`,
    cutOffs: "Meta deadlines",
    live: "Live",
    client: "Waiting on client",
    provider: "Waiting on us",
    meta: "Waiting on Meta",
    liveHint: "Shared with us",
    clientHint: "Only the client can fix these",
    usHint: "Your team must act",
    metaHint: "Nothing to do but wait",
    allByStatus: "All WABAs by status",
    broken: "Not live",
    brokenLead: "Worst first, then newest.",
    emptyTitle: "Everything is live",
    emptyDetail: (n: number) =>
      n === 1
        ? "The one WABA is shared with full control."
        : `All ${n.toLocaleString()} WABAs are shared with full control. A loss appears here within seconds.`,
    restTitle: "Nothing else is broken",
    restDetail: "The incident above is the cause of every other WABA that is not live.",
    noneTitle: "No WABAs yet",
    noneDetail: "As soon as a client shares a WABA with our portfolio, it appears here.",
    all: (n: number) => `Show all ${n.toLocaleString()}`,
    next: "How to fix it",
    adopt: "Adopt",
    probe: "Open",
  },
  times: timesTexts,
  list: {
    title: "WABAs",
    searchLabel: "Search WABAs",
    searchHint: "Name, client, id or phone number",
    views: "Views",
    all: "All",
    broken: "Not live",
    filters: {
      status: "Status",
      kind: "Kind",
      reason: "Reason",
      who: "Waiting on",
      app_activity: "App opened",
      client_word: "Client said",
    },
    clientOpened: "Opened the link",
    incident: "Caused by the incident",
    noIncident: "Not caused by an incident",
    any: "Any",
    clear: "Clear filters",
    csv: "CSV",
    csvTitle: "Download these rows as CSV",
    csvWorking: "Downloading",
    csvDone: "The CSV is downloaded",
    columns: {
      state: "State",
      waba: "Client and WABA",
      numbers: "Numbers",
      kind: "Kind",
      reason: "Reason",
      since: "Since",
      who: "Waiting on",
      proven: "Last verified",
    },
    caption: "WABAs with their state",
    count: (n: number, more: boolean) =>
      `${n.toLocaleString()}${more ? "+" : ""} ${n === 1 && !more ? "WABA" : "WABAs"}`,
    emptyTitle: "No WABA matches",
    emptyDetail: "Search takes a name, a client, an id, or a phone number in any format.",
    fresh: (n: number) => `${n.toLocaleString()} new. Show`,
    moved: "The list has changed. Show",
    end: "End of list",
    attention: "Worst first",
    more: (n: number) => `and ${n} more`,
    client: "Client",
  },
  waba: wabaTexts,
  appLink: appLinkTexts,
  number: numberTexts,
  connection: connectionTexts,
  observing: observeTexts,
  live: {
    lost: (age: string) => `Live updates lost. This page is ${age} old. Reconnecting…`,
    live: "Live",
    connecting: "Connecting",
    updated: (age: string) => `Updated ${age} ago`,
    seconds: (n: number) =>
      n < 120 ? `${n} s` : n < 7_200 ? `${Math.floor(n / 60)} min` : `${Math.floor(n / 3_600)} h`,
    changed: (client: string, label: string) => `${client}: ${label}`,
  },
  observe: "Observe mode: no messages are stopped and nothing is written at Meta.",
  palette: {
    title: "Commands and search",
    hint: "Search WABAs, or type a command",
    pages: "Go to",
    acts: "Commands",
    results: "WABAs",
    empty: "Nothing matches",
    themeLight: "Light theme",
    themeDark: "Dark theme",
    themeAuto: "System theme",
    check: (name: string) => `Check now: ${name}`,
    send: (name: string) => `Send the re-share link: ${name}`,
    numbers: (n: number) => countOf(n, "number"),
    all: (q: string) => `Search all WABAs for “${q}”`,
  },
  theme: { label: "Theme", light: "Light", dark: "Dark", auto: "System" },
  account: { signOut: "Sign out", emulator: "Emulator", help: "Keyboard", sandbox: "Sandbox" },
  help: {
    title: "Keyboard",
    toggle: "Single-key shortcuts",
    toggleHint: "Turn them off if you use dictation or another input device.",
    rows: [
      ["/", "Search"],
      ["mod K", "Commands and search"],
      ["j k", "Next and previous row"],
      ["Enter", "Open the row"],
      ["[ ]", "Previous and next WABA of the list"],
      ["c", "Check now"],
      ["l", "Send the link to the client"],
      ["g o", "Go to the overview"],
      ["g w", "Go to WABAs"],
      ["g n", "Go to Onboarding"],
      ["g b", "Go to Observe"],
      ["g c", "Go to Connection"],
      ["?", "This list"],
    ] as const,
  },
} as const;

export const actorLabels: Record<Actor, string> = {
  client: "Client",
  provider: "Us",
  meta: "Meta",
  nobody: "Nobody",
};

export const appActivityLabels = { fresh: "Recently", due_soon: "Due soon", overdue: "Overdue" };

export const kindLabels: Record<Kind, string> = {
  platform: "Platform",
  coexistence: "Coexistence",
  unknown: "Not known yet",
};

export const statusLabels: Record<string, string> = {
  permission_removed: "BSP PERMISSION REMOVED",
  disconnected: "NUMBER DISCONNECTED",
  disabled: "DISABLED",
  reconnecting: "RECONNECTING",
  onboarding: "ONBOARDING",
  unknown: "CHECKING",
  discovered: "FOUND, NOT ADOPTED",
  closed: "CLOSED BY OPERATOR",
  offboarded: "OFFBOARDED",
  live: "LIVE",
};

/** A short label per reason; the constant itself is one click away. */
export const reasonLabels: Record<string, string> = {
  partner_removed: "The client removed our access",
  partial_control: "Full control is missing",
  app_uninstalled: "The client removed our app",
  waba_deleted: "The WABA was deleted",
  taken_over: "Another partner took it over",
  unspecified: "Meta did not say why",
  coexistence_disconnected: "Disconnected in the Business app",
  coexistence_device_logged_out: "The phone was logged out",
  coexistence_banned: "Banned in the Business app",
  coexistence_primary_inactivity: "The phone was not used for too long",
  coexistence_companion_inactivity: "Our link was not used for too long",
  coexistence_business_downgrade: "Moved back to the consumer app",
  coexistence_number_changed: "The number was changed in the app",
  coexistence_re_registered: "The number was registered again",
  meta_unreachable: "Meta does not answer",
  throttled: "Meta limits our requests",
  provider_token_invalid: "Our own access token is invalid",
  request_refused: "Meta refuses our request",
  not_yet_proven: "Not proven yet",
  not_proven_while_observing: "Full control cannot be proven in observe mode",
  meta_restricted: "Restricted by Meta",
  meta_disabled: "Disabled by Meta",
  companion_offboarded: "The app link is being restored",
  companion_not_restored: "The app link was not restored",
  number_deregistered: "The number is not registered",
  number_deleted: "The number was deleted",
  no_numbers: "No number yet",
  not_adopted: "Shared with us, not adopted",
  closed_by_operator: "Stopped by an operator",
};

/** A new value of Meta's comes as `meta:THE_VALUE` and is shown as sent. */
export function reasonLabelOf(reason: string | null | undefined): string {
  if (!reason) return "";
  if (reason.startsWith("meta:")) return `Meta says: ${reason.slice(5)}`;
  return reasonLabels[reason] ?? sentenceOf(reason);
}

export const conditionLabels: Record<string, string> = {
  Shared: "Shared with us",
  FullControl: "Full control",
  TokenValid: "Access token works",
  WebhookSubscribed: "Webhooks reach us",
  AppInstalled: "Our app is installed",
  MessagingAllowed: "Meta allows messaging",
  Ready: "Everything in order",
  NumberConnected: "Number connected",
  CompanionLinked: "Linked to the Business app",
};

export const truthLabels = { True: "Yes", False: "No", Unknown: "Not known" } as const;

export const sourceLabels: Record<string, string> = {
  event: "Meta's webhook",
  probe: "A probe of Meta",
  sweep: "The regular sweep",
  check: "Check now",
  send: "A sent message",
  operator: "An operator",
  import: "The import",
  system: "Sharekeeper",
  signup: "A finished signup",
  none: "Nothing yet",
};

export const timelineKindLabels: Record<TimelineEntry["kind"], string> = {
  hint: "Webhook",
  probe: "Check",
  transition: "Status",
  command: "Action",
};

/** In the order people ask for them. */
export const profileLabels: Record<string, string> = {
  status: "Status at Meta",
  quality_rating: "Quality",
  throughput: "Throughput",
  platform_type: "Runs on",
  is_on_biz_app: "Used in the Business app",
  name_status: "Name",
  code_verification_status: "Verification",
  account_mode: "Account mode",
};

/** Values of Meta's that would read oddly in lower case. */
export const profileWords: Record<string, string> = {
  CLOUD_API: "Cloud API",
  ON_PREMISE: "On-premises API",
  NOT_APPLICABLE: "Not applicable",
};

/** "some_constant" as plain text, for values that are not in these tables yet. */
export const sentenceOf = (constant: string): string => {
  const text = constant.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};
