import { z } from "zod";
import { everywhere, option } from "./option.ts";

/** Where a broker is. `urls`: the nodes of one cluster, with user and password. */
interface BrokerAddress {
  kind: "nats" | "amqp";
  urls: readonly URL[];
}

const KINDS = { "nats:": "nats", "tls:": "nats", "amqp:": "amqp", "amqps:": "amqp" } as const;

const kindOf = ({ protocol }: URL): BrokerAddress["kind"] | undefined =>
  Object.entries(KINDS).find(([known]) => known === protocol)?.[1];

function parseBroker(text: string): BrokerAddress | undefined {
  const urls = text.split(",").map((address) => URL.parse(address.trim()));
  const [first] = urls;
  const kind = first ? kindOf(first) : undefined;
  const isNode = (url: URL | null): url is URL =>
    url !== null &&
    url.protocol === first?.protocol &&
    url.hostname !== "" &&
    !/[?#]/.test(url.href) &&
    (kind === "amqp" ? /^(\/[^/]*)?$/ : /^\/?$/).test(url.pathname);
  return kind !== undefined && urls.every(isNode) ? { kind, urls } : undefined;
}

const brokerAddress = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : (parseBroker(value) ?? null)))
  .refine((broker) => broker !== null)
  .transform((broker) => broker ?? undefined);

/** The settings of the event stream: a part of OPTIONS. */
export const STREAM_OPTIONS = {
  eventStreamUrl: option({
    name: "EVENT_STREAM_URL",
    description:
      "A NATS server with JetStream, or an AMQP 0-9-1 broker such as RabbitMQ, that gets every event of a WABA ([event-streams.md](../guides/event-streams.md)). Nodes of one cluster are separated by commas; user and password of the first are those of all. Unset: none.",
    expects:
      "an address such as nats://user:password@host:4222, tls://host:4222, amqp://user:password@host:5672/vhost or amqps://user:password@host:5671, with special characters of the password in percent-encoding, or leave it unset",
    schema: brokerAddress,
    secret: true,
  }),
  eventStreamName: option({
    name: "EVENT_STREAM_NAME",
    description:
      "The JetStream stream or the AMQP exchange. It is made where it is missing. The place in the journal is kept by this name.",
    expects: "1 to 100 letters, digits, - or _",
    schema: z.string().regex(/^[\w-]{1,100}$/),
    ...everywhere("sharekeeper"),
  }),
  eventStreamPrefix: option({
    name: "EVENT_STREAM_PREFIX",
    description: "The beginning of each subject or routing key; a dot and the type of the event follow.",
    expects: "words of letters, digits, - or _, joined by dots, of 100 characters at most",
    schema: z.string().regex(/^(?=.{1,100}$)[\w-]+(\.[\w-]+)*$/),
    ...everywhere("sharekeeper"),
  }),
  eventStreamFrom: option({
    name: "EVENT_STREAM_FROM",
    description:
      "Where a new `EVENT_STREAM_NAME` begins: at the `end` of the journal, with what happens from then on, or at its `beginning`.",
    expects: "end or beginning",
    schema: z.enum(["end", "beginning"]),
    ...everywhere("end"),
  }),
  eventStreamUnrouted: option({
    name: "EVENT_STREAM_UNROUTED",
    description:
      "What happens to an event that no queue of the AMQP broker is bound to: `wait` publishes it again until one is, and what follows waits; `drop` counts it and goes on.",
    expects: "wait or drop",
    schema: z.enum(["wait", "drop"]),
    ...everywhere("wait"),
  }),
};
