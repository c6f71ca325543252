/**
 * A scenario is a named story over the seeded world: what clients, Meta and the clock do, one step after the
 * other. A step is data, so that the same story plays in a test, on the world page and against an emulator
 * that runs elsewhere.
 */
export interface Scenario {
  name: string;
  title: string;
  /** What a provider can see and learn from it, in one or two sentences. */
  about: string;
  /** Where the case comes from. */
  source: string;
  steps: readonly Step[];
}

export type Step = { say: string } & StepDeed;

type StepDeed =
  | { do: "act"; input: { action: string; [key: string]: unknown } }
  /** What Meta's screens refuse, with a 409 and their words. */
  | { do: "refused_act"; input: { action: string; [key: string]: unknown } }
  | { do: "webhook"; input: { field: string; value: Record<string, unknown>; [key: string]: unknown } }
  | { do: "fault"; input: Record<string, unknown> }
  | { do: "end_faults" }
  | { do: "knobs"; input: Record<string, unknown> }
  /** This world's clock goes on; what falls due on the way happens. */
  | { do: "wait"; ms: number }
  /** A client goes through Embedded Signup with an account of its own, screen by screen. */
  | { do: "signup"; businessId: string; wabaId: string }
  /** The same, and Meta's error stands at the end. */
  | { do: "refused_signup"; businessId: string; wabaId: string; code: string };

/**
 * The emulator that a scenario is played on, in the same process or by HTTP (url-target.ts). Both take the
 * same requests, so a scenario cannot differ.
 */
export interface ScenarioTarget {
  /** A control call; `path` stands under `/_emulator`. */
  control(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** A page, or with `form` what its form sends; a redirect is told, not followed. */
  page(
    path: string,
    form?: Record<string, string>,
  ): Promise<{ status: number; location: string; text: string }>;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** `act("The client removes the partner.", "partner.remove", { waba_id: "…" })`. */
export function act(say: string, action: string, rest: Record<string, unknown>): Step {
  return { say, do: "act", input: { action, ...rest } };
}

export function wait(say: string, ms: number): Step {
  return { say, do: "wait", ms };
}

export function signup(say: string, client: Client): Step {
  return { say, do: "signup", businessId: client.businessId, wabaId: client.wabaId };
}

export function refusedSignup(say: string, client: Client, code: string): Step {
  return { say, do: "refused_signup", businessId: client.businessId, wabaId: client.wabaId, code };
}

export interface Client {
  businessId: string;
  wabaId: string;
}

function clientOf(business: number, waba: number): Client {
  return {
    businessId: `51${String(business).padStart(13, "0")}`,
    wabaId: `10${String(waba).padStart(13, "0")}`,
  };
}

/** Clients of the seeded world whose shares stand after the start. */
export const FLORIST = clientOf(1, 1);
const FLORIST_EVENTS = clientOf(1, 2);
export const BAKERY = clientOf(2, 3);
export const BOOKS = clientOf(7, 8);
export const COFFEE = clientOf(8, 9);
export const SURF_SCHOOL = clientOf(9, 10);
export const TOYS = clientOf(10, 11);
export const DENTAL = clientOf(11, 12);
export const LAUNDRY = clientOf(12, 13);
export const OPTICIANS = clientOf(13, 14);
export const CAFE = clientOf(14, 15);

/** All numbers of these live on the platform, so that a partner may be assigned. */
export const PLATFORM_CLIENTS: readonly Client[] = [
  FLORIST,
  FLORIST_EVENTS,
  BOOKS,
  COFFEE,
  TOYS,
  DENTAL,
  OPTICIANS,
  CAFE,
];
