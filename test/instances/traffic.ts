import type { Answer } from "../support/http-call.ts";
import { markedEvent, type Fleet, type Instance } from "./fleet.ts";

/** Webhooks and messages that do not cease, to whichever instance answers, as a load balancer before them would send them. */
export interface Traffic {
  /** Marks of the webhooks that were answered 200. */
  readonly answered: ReadonlySet<string>;
  /** Meta's ids of the messages that were accepted. */
  readonly accepted: ReadonlySet<string>;
  /** Answers that nobody may get: a 5xx that is not the 503 that asks to try again, or a refusal. */
  readonly unexpected: readonly string[];
  use(instances: readonly Instance[]): void;
  stop(): Promise<void>;
}

const SENDERS = 2;

export function openTraffic(
  fleet: Fleet,
  first: readonly Instance[],
  about: { wabaId: string; phoneNumberId: string },
): Traffic {
  let instances = first;
  let isOver = false;
  let count = 0;
  const [answered, accepted, unexpected] = [new Set<string>(), new Set<string>(), [] as string[]];

  /** Undefined when nobody was there: the next one is asked, as a load balancer does. */
  const ask = async (call: (instance: Instance) => Promise<Answer>): Promise<Answer | undefined> => {
    const instance = instances[(count += 1) % instances.length];
    return instance === undefined ? undefined : call(instance).catch(() => undefined);
  };
  const note = (what: string, { status, body }: Answer): void => {
    const isRetryable = status === 503 && (what === "webhook" || body?.error?.error_data?.retryable === true);
    if (status !== 200 && !isRetryable)
      unexpected.push(`${what}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
  };
  const sendWebhooks = async (): Promise<void> => {
    while (!isOver) {
      const mark = `MARK_${(count += 1)}`;
      const timeS = Math.floor(fleet.emulator.clock.now() / 1000);
      const answer = await ask((instance) => instance.webhook(markedEvent(about.wabaId, mark, timeS)));
      if (answer === undefined) continue;
      if (answer.status === 200) answered.add(mark);
      note("webhook", answer);
    }
  };
  const sendMessages = async (): Promise<void> => {
    while (!isOver) {
      const answer = await ask((instance) => instance.send(about.phoneNumberId));
      if (answer === undefined) continue;
      const id: unknown = answer.body?.messages?.[0]?.id;
      if (answer.status === 200 && typeof id === "string") accepted.add(id);
      note("message", answer);
    }
  };
  const senders = Array.from({ length: SENDERS }, () => [sendWebhooks(), sendMessages()]).flat();
  return {
    answered,
    accepted,
    unexpected,
    use: (others) => void (instances = others),
    stop: async () => {
      isOver = true;
      await Promise.all(senders);
    },
  };
}
