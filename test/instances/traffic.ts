import type { Sql } from "../../src/database/database.ts";
import type { Answer } from "../support/http-call.ts";
import { until } from "../support/until.ts";
import type { InstanceUrls } from "./instance-urls.ts";
import { countMarks, markedEvent, type Fleet } from "./fleet.ts";

/**
 * Webhooks and messages that do not cease, to whichever instance answers, as a load balancer before them
 * would send them.
 */
export interface Traffic {
  /** Marks of all webhooks, answered or not. */
  readonly sent: ReadonlySet<string>;
  /** Marks of the webhooks that were answered 200. */
  readonly answered: ReadonlySet<string>;
  /** Meta's ids of the messages that were accepted. */
  readonly accepted: ReadonlySet<string>;
  /** How many messages of the number whose gate is closed were refused by that gate. */
  readonly refusedCount: number;
  /** Answers that nobody may get. */
  readonly unexpected: readonly string[];
  use(instances: readonly InstanceUrls[]): void;
  /** Resolves once so many more webhooks were answered 200. */
  untilAnswered(count: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TrafficPlan {
  /** Its gate is open all the time; the webhooks are about it. */
  open: { wabaId: string; phoneNumberId: string };
  /** A number whose gate is closed all the time. */
  closed?: string;
  /** Whether the 503 that asks to try again is expected: while the database is away. */
  mayBeAway: boolean;
}

const SENDERS = 2;

export function openTraffic(fleet: Fleet, first: readonly InstanceUrls[], plan: TrafficPlan): Traffic {
  let instances = first;
  let isOver = false;
  let [turn, markCount, refusedCount] = [0, 0, 0];
  const [sent, answered, accepted] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const unexpected: string[] = [];

  /** Undefined when nobody was there: the next one is asked, as a load balancer does. */
  const ask = async (call: (instance: InstanceUrls) => Promise<Answer>): Promise<Answer | undefined> => {
    const instance = instances[(turn += 1) % instances.length];
    return instance === undefined ? undefined : call(instance).catch(() => undefined);
  };
  const note = (what: string, { status, body }: Answer): void => {
    const isRetryable = what === "webhook" || body?.error?.error_data?.retryable === true;
    if (status === 503 && isRetryable && plan.mayBeAway) return;
    unexpected.push(`${what}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
  };
  const sendWebhook = async (): Promise<void> => {
    const mark = `MARK_${(markCount += 1)}`;
    sent.add(mark);
    const timeS = Math.floor(fleet.emulator.clock.now() / 1000);
    const answer = await ask((instance) => instance.webhook(markedEvent(plan.open.wabaId, mark, timeS)));
    if (answer?.status === 200) answered.add(mark);
    else if (answer !== undefined) note("webhook", answer);
  };
  const sendMessage = async (): Promise<void> => {
    const answer = await ask((instance) => instance.send(plan.open.phoneNumberId));
    const id: unknown = answer?.body?.messages?.[0]?.id;
    if (answer?.status === 200 && typeof id === "string") accepted.add(id);
    else if (answer !== undefined) note("message", answer);
  };
  const sendToClosed = async (phoneNumberId: string): Promise<void> => {
    const answer = await ask((instance) => instance.send(phoneNumberId));
    if (answer?.status === 403 && answer.headers.has("sharekeeper-refused")) refusedCount += 1;
    else if (answer !== undefined) note("message at a closed gate", answer);
  };
  const repeat = async (send: () => Promise<void>): Promise<void> => {
    while (!isOver) await send();
  };
  const { closed } = plan;
  const senders = Array.from({ length: SENDERS }, () => [repeat(sendWebhook), repeat(sendMessage)]).flat();
  if (closed !== undefined) senders.push(repeat(() => sendToClosed(closed)));
  return {
    ...{ sent, answered, accepted, unexpected },
    get refusedCount() {
      return refusedCount;
    },
    use: (others) => void (instances = others),
    untilAnswered: async (count) => {
      const wanted = answered.size + count;
      const isThere = (): true | undefined => (answered.size >= wanted ? true : undefined);
      await until(`${count} more webhooks are answered`, isThere, 60_000);
    },
    stop: async () => {
      isOver = true;
      await Promise.all(senders);
    },
  };
}

/**
 * Which webhooks were not taken as they must be: those answered 200 once, others once at the most. Waits for
 * what is under way.
 */
export async function untilTaken(db: Sql, traffic: Pick<Traffic, "sent" | "answered">): Promise<string[]> {
  const wrong = async (): Promise<string[]> => {
    const reported = await countMarks(db, "MARK_");
    return [...traffic.sent].filter((mark) => {
      const count = reported.get(mark) ?? 0;
      return traffic.answered.has(mark) ? count !== 1 : count > 1;
    });
  };
  const isNone = async (): Promise<true | undefined> => ((await wrong()).length === 0 ? true : undefined);
  await until("all is told", isNone, 60_000).catch(() => undefined);
  return wrong();
}
