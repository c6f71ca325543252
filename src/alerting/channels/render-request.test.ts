import { describe, expect, test } from "vitest";
import { alertMessage } from "../../../test/support/alert-message.ts";
import { NOTIFICATION_KINDS, type AlertMessage } from "../alert-message.ts";
import type { HttpAddress } from "./alert-channel.ts";
import { FIRING_FOR_MS } from "./render-alertmanager.ts";
import { renderRequest } from "./render-request.ts";

const NOW = Date.parse("2026-11-29T14:10:00Z");
const KEY = "0123456789abcdef0123456789ABCDEF";
const HOOK = "https://hooks.example.com/one";

const requestOf = (address: HttpAddress, message: AlertMessage, cause: string | null = null) => {
  const { url, headers, body } = renderRequest(address, { message, cause }, NOW);
  // The tests read deep into bodies whose shape is what they test.
  return { url, headers, raw: body, body: JSON.parse(body) };
};
const SLACK: HttpAddress = { type: "slack", settings: { url: HOOK } };
const TEAMS: HttpAddress = { type: "teams", settings: { url: HOOK } };
const DISCORD: HttpAddress = { type: "discord", settings: { url: HOOK } };
const PAGERDUTY: HttpAddress = { type: "pagerduty", settings: { routing_key: KEY, region: "us" } };
const ALERTMANAGER: HttpAddress = { type: "alertmanager", settings: { url: "http://am.example:9093" } };

/** A client whose name would ping everybody, be a link, or tear a line. */
const ROGUE =
  "<!channel> @everyone <@U1> *x* [x](https://evil.example) <https://evil.example|x> # y\n\u202e&amp;";
const rogue = alertMessage({ title: ROGUE, lines: [ROGUE], facts: [{ label: ROGUE, value: ROGUE }] });
/** Longer than anything takes, in characters of three bytes. */
const LONG = "界".repeat(20_000);
const long = alertMessage({
  title: LONG,
  lines: Array.from({ length: 200 }, () => LONG),
  facts: Array.from({ length: 200 }, () => ({ label: LONG, value: LONG })),
  why: LONG,
});
/** All characters that are escaped, as many as fit. */
const escapes = alertMessage({
  title: "*".repeat(5000),
  lines: ["_".repeat(5000)],
  facts: Array.from({ length: 50 }, () => ({ label: "[".repeat(500), value: "`".repeat(500) })),
});
const bare = alertMessage({ title: "Nothing more", lines: [], facts: [], url: null, acknowledgeUrl: null });

/** Every text within a value, whatever its depth. */
const textsIn = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

describe("Slack", () => {
  test("gets blocks with the headline, the facts, and links to the Hub", () => {
    const { url, body } = requestOf(SLACK, alertMessage());
    expect(url).toBe(HOOK);
    expect(body).toMatchObject({ text: "🔴 Ada's Bakery removed our access", unfurl_links: false });
    expect(body.blocks.map(({ type }: { type: string }) => type)).toEqual([
      ...["header", "section", "section", "section", "context"],
    ]);
    expect(body.blocks[3].text.text).toBe(
      "<https://hub.example.com/alerts/alr_one?acknowledge|Acknowledge>  ·  <https://hub.example.com/alerts/alr_one|Open in the Hub>",
    );
  });

  test("a name means nothing: it stands in plain text, and is escaped where there is none", () => {
    const { body } = requestOf(SLACK, rogue);
    expect(body.text).not.toMatch(/[<>]/);
    const markup = body.blocks.filter((block: object) => JSON.stringify(block).includes("mrkdwn"));
    expect(JSON.stringify(markup)).not.toContain("evil");
  });

  test.each([
    ["the longest", long],
    ["escapes", escapes],
    ["nothing but a title", bare],
  ])("%s: within the limits of Block Kit", (_name, message) => {
    const { body, raw } = requestOf(SLACK, message);
    expect(body.blocks.length).toBeLessThanOrEqual(50);
    // Beyond about 13,000 characters in all blocks Slack answers msg_blocks_too_long.
    expect(raw.length).toBeLessThan(13_000);
    for (const block of body.blocks) {
      const limit = block.type === "header" ? 150 : 3000;
      if (block.text) expect(block.text.text.length).toBeLessThanOrEqual(limit);
      if (block.text) expect(block.text.text).not.toBe("");
      expect(block.fields?.length ?? 1).toBeLessThanOrEqual(10);
      expect(block.fields?.length ?? 1).toBeGreaterThan(0);
      for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
    }
  });
});

describe("Teams", () => {
  test("gets an Adaptive Card with links that open", () => {
    const { body } = requestOf(TEAMS, alertMessage());
    expect(body).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            version: "1.4",
            actions: [
              { type: "Action.OpenUrl", title: "Acknowledge" },
              { type: "Action.OpenUrl", title: "Open in the Hub" },
            ],
          },
        },
      ],
    });
  });

  test("a name means nothing: it stands in runs of text, which know no Markdown and no mention", () => {
    const { raw } = requestOf(TEAMS, rogue);
    expect(raw).not.toContain('"TextBlock"');
    expect(raw).not.toContain("FactSet");
    expect(raw).not.toContain("entities");
  });

  test.each([
    ["the longest", long],
    ["escapes", escapes],
  ])("%s: below 28 kB", (_name, message) => {
    expect(Buffer.byteLength(requestOf(TEAMS, message).raw)).toBeLessThan(28_000);
  });
});

describe("Discord", () => {
  test("gets an embed that mentions nobody, and is asked to answer with the message", () => {
    const { url, body } = requestOf(DISCORD, rogue);
    expect(url).toBe(`${HOOK}?wait=true`);
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body).not.toHaveProperty("content");
    const [embed] = body.embeds;
    expect(embed.description).toContain(String.raw`\<!channel\>`);
    expect(embed.description).not.toContain("](https://evil");
    expect(embed.description).toContain("[Acknowledge](https://hub.example.com/alerts/alr_one?acknowledge)");
  });

  test.each([
    ["the longest", long],
    ["escapes", escapes],
    ["nothing but a title", bare],
  ])("%s: within the limits of embeds", (_name, message) => {
    const [embed] = requestOf(DISCORD, message).body.embeds;
    expect(embed.title.length).toBeLessThanOrEqual(256);
    expect(embed.description.length).toBeLessThanOrEqual(4096);
    expect(embed.fields.length).toBeLessThanOrEqual(25);
    const fields = embed.fields.flatMap(({ name, value }: { name: string; value: string }) => [name, value]);
    for (const text of fields) expect(text.length).toBeLessThanOrEqual(256);
    const all = [embed.title, embed.description, embed.footer.text, ...fields].join("");
    expect(all.length).toBeLessThanOrEqual(6000);
    // No escape is torn.
    expect(embed.title).not.toMatch(/(^|[^\\])(\\\\)*\\…?$/);
  });
});

describe("PagerDuty", () => {
  test("an alert is one incident, with a link to the Hub", () => {
    const { url, body } = requestOf(PAGERDUTY, alertMessage());
    expect(url).toBe("https://events.pagerduty.com/v2/enqueue");
    expect(body).toMatchObject({
      ...{ routing_key: KEY, event_action: "trigger", dedup_key: "alr_one", client: "Sharekeeper" },
      links: [{ href: "https://hub.example.com/alerts/alr_one", text: "Open in the Hub" }],
      payload: {
        ...{ summary: "Ada's Bakery removed our access", severity: "critical", source: "hub.example.com" },
        ...{ class: "share_lost", timestamp: "2026-11-29T14:03:00.000Z" },
        custom_details: { First: "Ada's Bakery, 14:03 UTC" },
      },
    });
  });

  test.each([
    ...NOTIFICATION_KINDS.map(
      (kind) => [kind, { acknowledged: "acknowledge", resolved: "resolve" }] as const,
    ),
    ["test", {}] as const,
  ])("%s is its own action", (kind, actions: Partial<Record<string, string>>) => {
    const { body } = requestOf(PAGERDUTY, alertMessage({ kind }));
    expect(body.event_action).toBe(actions[kind] ?? "trigger");
    expect("payload" in body).toBe(body.event_action === "trigger");
  });

  test("of Europe has its own address; a summary has at most 1024 characters", () => {
    const eu: HttpAddress = { type: "pagerduty", settings: { routing_key: KEY, region: "eu" } };
    const { url, body, raw } = requestOf(eu, long);
    expect(url).toBe("https://events.eu.pagerduty.com/v2/enqueue");
    expect(body.payload.summary.length).toBe(1024);
    expect(Buffer.byteLength(raw)).toBeLessThan(512_000);
  });
});

describe("Alertmanager", () => {
  test("an alert has the labels that name it, and fires for an hour unless it is repeated", () => {
    const { url, body } = requestOf(ALERTMANAGER, alertMessage(), "partner_removed");
    expect(url).toBe("http://am.example:9093/api/v2/alerts");
    expect(body).toMatchObject([
      {
        labels: {
          ...{ alertname: "share_lost", severity: "critical", cause: "partner_removed" },
          ...{ alert_id: "alr_one", source: "sharekeeper" },
        },
        annotations: { summary: "Ada's Bakery removed our access" },
        ...{ startsAt: "2026-11-29T14:03:00.000Z", endsAt: new Date(NOW + FIRING_FOR_MS).toISOString() },
        generatorURL: "https://hub.example.com/alerts/alr_one",
      },
    ]);
  });

  test("has the same labels at its end, which is never before its beginning", () => {
    const [opened] = requestOf(ALERTMANAGER, alertMessage()).body;
    const endedAt = Date.parse("2026-11-29T14:07:00Z");
    const [resolved] = requestOf(ALERTMANAGER, alertMessage({ kind: "resolved", endedAt })).body;
    expect(resolved.labels).toEqual(opened.labels);
    expect(resolved.endsAt).toBe("2026-11-29T14:07:00.000Z");
    const [early] = requestOf(ALERTMANAGER, alertMessage({ kind: "resolved", endedAt: 0 })).body;
    expect(early.endsAt).toBe(early.startsAt);
  });

  test.each([
    ["http://am.example/", "http://am.example/api/v2/alerts"],
    ["http://am.example/prometheus/", "http://am.example/prometheus/api/v2/alerts"],
    ["http://am.example/api/v2/alerts", "http://am.example/api/v2/alerts"],
    ["http://am.example/api/v2", "http://am.example/api/v2/alerts"],
  ])("%s is asked at %s", (url, asked) => {
    expect(requestOf({ type: "alertmanager", settings: { url } }, alertMessage()).url).toBe(asked);
  });

  test("is asked with the user and password, or with the token", () => {
    const headersOf = (settings: object): Record<string, string> =>
      requestOf({ type: "alertmanager", settings: { url: HOOK, ...settings } }, alertMessage()).headers;
    expect(headersOf({ username: "us", password: "p" })["authorization"]).toBe("Basic dXM6cA==");
    expect(headersOf({ bearer_token: "t" })["authorization"]).toBe("Bearer t");
    expect(headersOf({})).not.toHaveProperty("authorization");
  });
});

describe("a webhook", () => {
  test("without a secret gets an id and a time, and no signature", () => {
    const { headers, body } = requestOf({ type: "webhook", settings: { url: HOOK } }, alertMessage());
    expect(headers).toMatchObject({ "webhook-id": "ntf_one", "webhook-timestamp": String(NOW / 1000) });
    expect(headers).not.toHaveProperty("webhook-signature");
    expect(body).toMatchObject({
      type: "alert.opened",
      data: { alert_id: "alr_one", severity: "critical", ended_at: null, why: "route “On call”" },
    });
  });
});

test.each([SLACK, TEAMS, DISCORD])(
  "$type: what is over or known offers nothing to acknowledge",
  (address) => {
    for (const kind of ["resolved", "acknowledged"] as const) {
      const { body } = requestOf(address, alertMessage({ kind }));
      expect(textsIn(body).some((text) => text.includes("?acknowledge"))).toBe(false);
    }
  },
);

test.each([SLACK, TEAMS, DISCORD])("$type: without PUBLIC_URL there is no link", (address) => {
  expect(textsIn(requestOf(address, bare).body).join(" ")).not.toMatch(/hub\.example|Open in/);
});
