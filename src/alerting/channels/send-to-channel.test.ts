/** Each channel against a server of this machine that keeps to the rules of the real one. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AdaptiveCard, SerializationContext, Versions } from "adaptivecards/dist/adaptivecards.js";
import { pino } from "pino";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { alertMessage } from "../../../test/support/alert-message.ts";
import { openAllowedNetworks } from "../../delivery/allowed-networks.ts";
import {
  openWebhookWire,
  type WebhookWire,
  type WebhookWireOptions,
} from "../../delivery/open-webhook-wire.ts";
import { systemClock } from "../../lib/clock.ts";
import type { AlertMessage, ChannelOutcome } from "../alert-message.ts";
import type { ChannelAddress } from "./alert-channel.ts";
import { sendToChannel } from "./send-to-channel.ts";

const KEY = "0123456789abcdef0123456789ABCDEF";
const LOOPBACK = openAllowedNetworks(["127.0.0.0/8"]);

let listener: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let hook: string;
const closing: (() => Promise<unknown>)[] = [];

async function receiver(listen: RequestListener): Promise<string> {
  const server = createServer(listen).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeEach(async () => {
  const base = await receiver(async (request, response) => {
    const body = (await request.toArray()).join("");
    listener(request, response, body);
  });
  hook = `${base}/services/T0001/B0001/notToBeShown4fQz`;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function wireOf(options: Partial<WebhookWireOptions> = {}): WebhookWire {
  const wire = openWebhookWire({ clock: systemClock, networks: LOOPBACK, ...options });
  closing.push(() => wire.close());
  return wire;
}

function send(
  address: ChannelAddress,
  wish: Partial<AlertMessage> = {},
  wire = wireOf(),
): Promise<ChannelOutcome> {
  const mailer = {
    isSetUp: false,
    send: () => Promise.reject(new Error("no mail")),
    close: () => Promise.resolve(),
  };
  const sent = { message: alertMessage(wish), cause: "partner_removed", threadId: null, reached: [] };
  const log = pino({ level: "silent" });
  return sendToChannel({ clock: systemClock, wire, mailer, log }, { address, sent });
}
const slack = (): ChannelAddress => ({ type: "slack", settings: { url: hook } });

/** PagerDuty's addresses are fixed: its requests go to the server of the test. */
function pagerdutyWire(): { wire: WebhookWire; asked: string[] } {
  const wire = wireOf();
  const asked: string[] = [];
  const redirected: WebhookWire = {
    send(request) {
      asked.push(request.url);
      return wire.send({ ...request, url: hook });
    },
    close: () => wire.close(),
  };
  return { wire: redirected, asked };
}
const pagerduty = (region: "us" | "eu" = "us"): ChannelAddress => ({
  type: "pagerduty",
  settings: { routing_key: KEY, region },
});

const text = (max: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: z.string().min(1).max(max), emoji: z.boolean() });
const mrkdwn = z.strictObject({ type: z.literal("mrkdwn"), text: z.string().min(1).max(3000) });
/** Block Kit, as far as it is used here: https://docs.slack.dev/reference/block-kit/blocks. */
const SLACK_BODY = z.strictObject({
  text: z.string().min(1).max(40_000),
  unfurl_links: z.boolean(),
  unfurl_media: z.boolean(),
  blocks: z
    .array(
      z.union([
        z.strictObject({ type: z.literal("header"), text: text(150) }),
        z.strictObject({ type: z.literal("section"), text: z.union([text(3000), mrkdwn]) }),
        z.strictObject({ type: z.literal("section"), fields: z.array(text(2000)).min(1).max(10) }),
        z.strictObject({ type: z.literal("context"), elements: z.array(text(3000)).min(1).max(10) }),
      ]),
    )
    .max(50),
});
/** https://discord.com/developers/docs/resources/message#embed-object. */
const DISCORD_BODY = z.strictObject({
  allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
  embeds: z
    .array(
      z.strictObject({
        title: z.string().min(1).max(256),
        description: z.string().max(4096),
        url: z.url().optional(),
        color: z.int().min(0).max(0xffffff),
        timestamp: z.iso.datetime(),
        fields: z
          .array(
            z.strictObject({
              name: z.string().min(1).max(256),
              value: z.string().min(1).max(1024),
              inline: z.boolean(),
            }),
          )
          .max(25),
        footer: z.strictObject({ text: z.string().min(1).max(2048) }),
      }),
    )
    .length(1),
});
/** https://developer.pagerduty.com/docs/send-alert-event. */
const PAGERDUTY_BODY = z.union([
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal("trigger"),
    dedup_key: z.string().min(1).max(255),
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(["critical", "error", "warning", "info"]),
      timestamp: z.iso.datetime(),
      class: z.string(),
      custom_details: z.record(z.string(), z.string()),
    }),
  }),
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.enum(["acknowledge", "resolve"]),
    dedup_key: z.string().min(1).max(255),
  }),
]);

const KINDS = ["opened", "grew", "repeated", "escalated", "acknowledged", "resolved", "test"] as const;
/** Answers as the real one does. */
const rules = (schema: z.ZodType, good: [number, string], bad: [number, string]): typeof listener => {
  return (_request, response, body) => {
    const [status, answer] = schema.safeParse(JSON.parse(body)).success ? good : bad;
    response.writeHead(status).end(answer);
  };
};

describe.each(KINDS)("%s", (kind) => {
  const wish = { kind, ...(kind === "resolved" && { endedAt: Date.parse("2026-11-29T14:07:00Z") }) };

  test("is taken by Slack", async () => {
    listener = rules(SLACK_BODY, [200, "ok"], [400, "invalid_blocks"]);
    expect(await send(slack(), wish)).toMatchObject({ outcome: "sent", detail: "Slack took the message." });
  });

  test("is taken by Discord", async () => {
    listener = rules(DISCORD_BODY, [200, `{"id":"1311","content":""}`], [400, `{"code":50035}`]);
    expect(await send({ type: "discord", settings: { url: hook } }, wish)).toMatchObject({ outcome: "sent" });
  });

  test("is taken by PagerDuty", async () => {
    const success = `{"status":"success","message":"Event processed","dedup_key":"alr_one"}`;
    listener = rules(PAGERDUTY_BODY, [202, success], [400, `{"status":"invalid event"}`]);
    const { wire, asked } = pagerdutyWire();
    expect(await send(pagerduty("eu"), wish, wire)).toMatchObject({ outcome: "sent" });
    expect(asked).toEqual(["https://events.eu.pagerduty.com/v2/enqueue"]);
  });

  test("is a card that Microsoft's own reader takes without a fault", async () => {
    const faults: string[] = [];
    listener = (_request, response, body) => {
      const { attachments } = JSON.parse(body) as { attachments: { content: object }[] };
      const card = new AdaptiveCard();
      const context = new SerializationContext(Versions.v1_4);
      card.parse(attachments[0]?.content, context);
      for (let n = 0; n < context.eventCount; n += 1) faults.push(context.getEventAt(n).message);
      faults.push(...card.validateProperties().validationEvents.map(({ message }) => message));
      response.writeHead(faults.length === 0 ? 202 : 400).end();
    };
    const outcome = await send({ type: "teams", settings: { url: hook } }, wish);
    expect([faults, outcome.outcome]).toEqual([[], "sent"]);
  });
});

test("Microsoft's reader finds the faults of a card that has some", () => {
  const context = new SerializationContext(Versions.v1_4);
  new AdaptiveCard().parse({ type: "AdaptiveCard", version: "1.4", body: [{ type: "Nothing" }] }, context);
  expect(context.eventCount).toBeGreaterThan(0);
});

test("a webhook is signed", async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  let verified: unknown;
  listener = (request, response, body) => {
    verified = new Webhook(secret).verify(body, request.headers as Record<string, string>);
    response.writeHead(204).end();
  };
  const outcome = await send({ type: "webhook", settings: { url: hook, secret } });
  expect(outcome).toMatchObject({ outcome: "sent" });
  expect(verified).toMatchObject({
    type: "alert.opened",
    data: { alert_id: "alr_one", cause: "partner_removed" },
  });
});

describe("an answer", () => {
  test.each<[string, ChannelAddress["type"], number, string, ChannelOutcome["outcome"], RegExp]>([
    ["Slack: hook removed", "slack", 404, "no_service", "refused", /no_service.*make a new one/],
    ["Slack: archived", "slack", 410, "channel_is_archived", "refused", /channel_is_archived/],
    ["Slack: forbidden", "slack", 403, "action_prohibited", "refused", /action_prohibited/],
    ["Slack: bad payload", "slack", 400, "invalid_payload", "refused", /400: invalid_payload\.$/],
    ["Slack: 200 with an error", "slack", 200, "invalid_payload", "later", /not as it does.*invalid_payload/],
    ["Slack: 200 with a page", "slack", 200, "<html>sign in</html>", "later", /not as it does when it takes/],
    ["Slack: down", "slack", 503, "", "later", /^Slack answered 503\.$/],
    ["Teams: accepted", "teams", 202, "", "sent", /accepted the message/],
    ["Teams: as a connector", "teams", 200, "1", "sent", /accepted the message/],
    [
      "Teams: a connector's error",
      "teams",
      200,
      "Webhook message delivery failed with error: 413",
      "later",
      /413/,
    ],
    [
      "Teams: workflow off",
      "teams",
      404,
      `{"error":{"code":"WorkflowNotFound"}}`,
      "refused",
      /WorkflowNotFound/,
    ],
    ["Discord: hook removed", "discord", 404, `{"message":"Unknown Webhook"}`, "refused", /Unknown Webhook/],
    ["Discord: 200 without a message", "discord", 200, "{}", "later", /not as it does/],
    ["a webhook: no such path", "webhook", 404, "", "refused", /Check the address/],
    ["a webhook: not permitted", "webhook", 401, "", "refused", /user name, password or token/],
    ["a webhook: too early", "webhook", 425, "", "later", /425/],
    ["Alertmanager: bad labels", "alertmanager", 400, `"invalid label set"`, "refused", /invalid label set/],
    ["Alertmanager: a sign-in page", "alertmanager", 200, "<!doctype html>", "later", /not as it does/],
  ])("%s", async (_name, type, status, body, outcome, detail) => {
    listener = (_request, response) => response.writeHead(status).end(body);
    const got = await send({ type, settings: { url: hook } } as ChannelAddress);
    expect([got.outcome, got.detail]).toEqual([outcome, expect.stringMatching(detail)]);
    expect(got.detail).not.toContain("notToBeShown");
  });

  test.each([
    [400, `{"status":"invalid event","errors":["'routing_key' is invalid"]}`, "refused", /routing_key/],
    [202, "welcome", "later", /not as it does/],
    [500, "", "later", /500/],
  ] as const)("PagerDuty: %i %s", async (status, body, outcome, detail) => {
    listener = (_request, response) => response.writeHead(status).end(body);
    const got = await send(pagerduty(), {}, pagerdutyWire().wire);
    expect([got.outcome, got.detail]).toEqual([outcome, expect.stringMatching(detail)]);
  });

  test("that repeats our address or key is shown without them", async () => {
    listener = (request, response) => response.writeHead(400).end(`no ${request.url ?? ""} for ${KEY}`);
    expect((await send(slack())).detail).toBe(`Slack answered 400: no … for ${KEY}.`);
    const of = await send(pagerduty(), {}, pagerdutyWire().wire);
    expect(of.detail).not.toContain(KEY);
  });

  test("429 says how long to wait", async () => {
    listener = (_request, response) => response.writeHead(429, { "Retry-After": "30" }).end("rate_limited");
    expect(await send(slack())).toMatchObject({ outcome: "later", waitMs: 30_000 });
  });

  test("that never comes is a time limit", async () => {
    listener = () => undefined;
    const outcome = await send(slack(), {}, wireOf({ timeoutMs: 60 }));
    expect(outcome).toMatchObject({ outcome: "later", detail: "Slack did not answer in time." });
  });

  test("without end is read no further than its beginning", async () => {
    let isGone = false;
    listener = (_request, response) => {
      response.writeHead(200);
      const more = (): void => void (response.write("x".repeat(65_536)) ? setImmediate(more) : null);
      response.on("drain", more).on("close", () => (isGone = true));
      more();
    };
    const outcome = await send(slack());
    expect(outcome.outcome).toBe("later");
    expect(outcome.detail.length).toBeLessThan(400);
    await expect.poll(() => isGone).toBe(true);
  });

  test("that redirects inside is followed nowhere", async () => {
    listener = (_request, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    expect(await send(slack())).toMatchObject({
      outcome: "refused",
      detail: expect.stringContaining("redirect"),
    });
  });

  test("of Discord that is longer than what is read counts as it begins", async () => {
    const long = JSON.stringify({ id: "1311", embeds: "x".repeat(10_000) });
    listener = (_request, response) => response.writeHead(200).end(long);
    expect((await send({ type: "discord", settings: { url: hook } })).outcome).toBe("sent");
  });
});

describe("an address", () => {
  test("inside is not asked, and the words name the setting that allows it", async () => {
    listener = () => expect.unreachable();
    const wire = wireOf({ networks: openAllowedNetworks([]) });
    const url = hook.replace("http:", "https:");
    const outcome = await send({ type: "alertmanager", settings: { url } }, {}, wire);
    expect(outcome).toMatchObject({
      outcome: "refused",
      detail: expect.stringContaining("WEBHOOK_ALLOWED_NETWORKS"),
    });
  });

  test("whose name moves inside is not asked there", async () => {
    let asked = 0;
    listener = (_request, response) => {
      asked += 1;
      response.writeHead(200, { Connection: "close" }).end("ok");
    };
    const addresses = ["127.0.0.1", "10.0.0.1"];
    const wire = wireOf({
      resolve: (_host, done) => done(null, [{ address: addresses.shift() ?? "10.0.0.1", family: 4 }]),
    });
    const url = hook.replace("127.0.0.1", "hooks.example");
    const moving: ChannelAddress = { type: "slack", settings: { url } };
    expect((await send(moving, {}, wire)).outcome).toBe("sent");
    expect((await send(moving, {}, wire)).outcome).toBe("refused");
    expect(asked).toBe(1);
  });

  test("where nobody listens, or that no name server knows, fails in words without the address", async () => {
    await closing.pop()?.();
    const closed = await send(slack());
    expect(closed).toMatchObject({
      outcome: "later",
      detail: expect.stringContaining("could not be reached"),
    });
    const error = Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" });
    const wire = wireOf({ resolve: (_host, done) => done(error, []) });
    const unknown: ChannelAddress = {
      type: "slack",
      settings: { url: "https://hooks.example/notToBeShown" },
    };
    const outcome = await send(unknown, {}, wire);
    expect(outcome).toMatchObject({ outcome: "later", detail: expect.stringContaining("EAI_AGAIN") });
    for (const { detail } of [closed, outcome]) expect(detail).not.toContain("notToBeShown");
  });
});
