import { z } from "@hono/zod-openapi";
import {
  parseAddress,
  shownOf,
  urlOf,
  CHANNEL_SETTINGS,
  type AlertChannel,
  type ChannelAddress,
} from "../../../alerting/channels/alert-channel.ts";
import {
  deleteChannel,
  findChannel,
  findRoutesTo,
  openChannels,
  renameChannel,
  saveChannel,
  type OpenedChannel,
} from "../../../alerting/channels/channel-store.ts";
import { newId } from "../../../lib/new-id.ts";
import { Problem } from "../../../problems.ts";
import { ifMatchOf, setVersion } from "../../kit/etag.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import { ChannelChangeSchema, ChannelSchema, ChannelTestSchema, NewChannelSchema } from "./channel-schema.ts";

const ChannelId = z.object({ id: z.string().max(64) });

const list = defineRoute({
  method: "GET",
  path: "/api/v1/channels",
  who: "operator",
  name: "listAlertChannels",
  group: "Alerts",
  summary: "The channels that alerts are sent to, oldest first",
  answer: {
    status: 200,
    description: "All of them, without their secrets.",
    schema: z.object({ data: z.array(ChannelSchema) }).openapi("AlertChannelList"),
  },
  problems: [],
  audit: null,
  handle: async ({ deps }) => ({ data: (await openChannels(deps.db, deps.keyring)).map(renderChannel) }),
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/channels",
  who: "admin",
  name: "createAlertChannel",
  group: "Alerts",
  summary: "Add a channel that alerts can be sent to",
  description:
    "Nothing is sent to it before a route of `/alert-routes` names it. `POST …/test` shows whether it works.",
  body: NewChannelSchema,
  answer: { status: 201, description: "The channel.", schema: ChannelSchema },
  problems: ["channel_address_not_allowed", "foreign_origin"],
  audit: "alert_channel.created",
  async handle({ deps, body, actor, act }) {
    const { name, ...address } = body;
    checkAddress(deps, address);
    const channel: AlertChannel = {
      ...{ id: newId("chn", deps.random), name, type: address.type, state: "enabled" },
      ...{ failingSince: null, lastFailure: null, version: 1 },
      ...{ createdAt: deps.clock.now(), createdBy: actor.id },
    };
    act.note({
      target: { type: "alert_channel", id: channel.id },
      after: auditedOf({ channel, address }),
    });
    await saveChannel(deps.db, deps.keyring, channel, address);
    return renderChannel({ channel, address });
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/channels/{id}",
  who: "operator",
  name: "getAlertChannel",
  group: "Alerts",
  summary: "One channel",
  params: ChannelId,
  answer: { status: 200, description: "The channel.", schema: ChannelSchema },
  isVersioned: true,
  problems: ["channel_not_found"],
  audit: null,
  async handle({ deps, params, answerHeaders }) {
    const opened = await getChannel(deps, params.id);
    setVersion(answerHeaders, opened.channel.version);
    return renderChannel(opened);
  },
});

const change = defineRoute({
  method: "PATCH",
  path: "/api/v1/channels/{id}",
  who: "admin",
  name: "updateAlertChannel",
  group: "Alerts",
  summary: "Change a channel, pause it or enable it again",
  description:
    "Fields that are left out stay. `settings` are replaced as a whole, so that a secret never goes to an address that it was not entered for.",
  params: ChannelId,
  body: ChannelChangeSchema,
  answer: { status: 200, description: "The channel as it is now.", schema: ChannelSchema },
  isVersioned: true,
  problems: ["channel_not_found", "channel_address_not_allowed", "changed_meanwhile", "foreign_origin"],
  audit: "alert_channel.updated",
  async handle({ deps, params, body, request, answerHeaders, act }) {
    const matches = ifMatchOf(request);
    await deps.db.transaction(async (tx) => {
      if ((await findChannel(tx, params.id, { lock: true })) === undefined) throw unknown(params.id);
      const before = await getChannel({ ...deps, db: tx }, params.id);
      if (!matches(before.channel.version)) throw new Problem("changed_meanwhile");
      const channel: AlertChannel = {
        ...before.channel,
        ...(body.name !== undefined && { name: body.name }),
        ...(body.state !== undefined && { state: body.state }),
      };
      const address = body.settings === undefined ? null : newAddressOf(deps, channel, body.settings);
      act.note({
        before: auditedOf(before),
        after: auditedOf({ channel, address: address ?? before.address }),
      });
      if (address === null) await renameChannel(tx, channel);
      else await saveChannel(tx, deps.keyring, channel, address);
    });
    const opened = await getChannel(deps, params.id);
    setVersion(answerHeaders, opened.channel.version);
    return renderChannel(opened);
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/channels/{id}",
  who: "admin",
  name: "deleteAlertChannel",
  group: "Alerts",
  summary: "Delete a channel that no route sends to",
  description: "Messages that wait for it are dropped, as their log says.",
  params: ChannelId,
  answer: { status: 204, description: "Deleted; nothing more is sent to it." },
  problems: ["channel_not_found", "channel_in_use", "foreign_origin"],
  audit: "alert_channel.deleted",
  async handle({ deps, params, act }) {
    await deps.db.transaction(async (tx) => {
      const channel = await findChannel(tx, params.id, { lock: true });
      if (channel === undefined) throw unknown(params.id);
      const routes = await findRoutesTo(tx, params.id);
      if (routes.length > 0) throw new Problem("channel_in_use", { routes: routes.join(", ") });
      act.note({ before: auditedOf({ channel, address: null }) });
      await deleteChannel(tx, params.id);
    });
    return null;
  },
});

const test = defineRoute({
  method: "POST",
  path: "/api/v1/channels/{id}/test",
  who: "admin",
  name: "testAlertChannel",
  group: "Alerts",
  summary: "Send a test message now, once",
  description:
    "The message says that it is a test. It goes out at once, for a paused channel too, and is not repeated. PagerDuty gets an incident that is resolved at once, Alertmanager an alert that ends within a minute.",
  params: ChannelId,
  answer: { status: 200, description: "What came of it.", schema: ChannelTestSchema },
  problems: ["channel_not_found", "foreign_origin"],
  audit: "alert_channel.tested",
  async handle({ deps, params, act }) {
    const { outcome, detail, tookMs } = await deps.alertSender.test(await getChannel(deps, params.id));
    act.note({ detail: { outcome } });
    return { outcome, detail, took_ms: tookMs };
  },
});

function renderChannel({ channel, address }: OpenedChannel): z.input<typeof ChannelSchema> {
  const shown = address && shownOf(address);
  return {
    ...{ id: channel.id, name: channel.name, type: channel.type },
    ...{ address: shown?.address ?? null, secrets: shown?.secrets ?? [], state: channel.state },
    failing_since: isoOrNull(channel.failingSince),
    last_failure: channel.lastFailure,
    created_at: isoOf(channel.createdAt),
    created_by: channel.createdBy,
  };
}

/** What the audit keeps: nothing that is secret. */
function auditedOf({ channel, address }: OpenedChannel): Record<string, unknown> {
  const { name, type, state } = channel;
  return { name, type, state, ...(address && { address: shownOf(address).address }) };
}

/** @throws Problem invalid_request, channel_address_not_allowed */
function newAddressOf(
  deps: Pick<HttpDeps, "webhookNetworks">,
  { type }: AlertChannel,
  settings: Record<string, unknown>,
): ChannelAddress {
  const address = parseAddress(type, settings);
  if (address === undefined) {
    const { issues = [] } = CHANNEL_SETTINGS[type].safeParse(settings).error ?? {};
    const faults = issues.map(({ path, message }) => [["settings", ...path].join("."), message].join(": "));
    throw new Problem("invalid_request", { faults: faults.join("; ") });
  }
  checkAddress(deps, address);
  return address;
}

/**
 * Refuses at once what no message could reach. A name is judged at each attempt, when it is looked up.
 *
 * @throws Problem channel_address_not_allowed
 */
function checkAddress({ webhookNetworks }: Pick<HttpDeps, "webhookNetworks">, address: ChannelAddress): void {
  const url = urlOf(address);
  const why = url === null ? null : webhookNetworks.faultOf(url);
  if (why !== null) throw new Problem("channel_address_not_allowed", { why });
}

/** @throws Problem channel_not_found */
async function getChannel(
  { db, keyring }: Pick<HttpDeps, "keyring"> & { db: Parameters<typeof openChannels>[0] },
  id: string,
): Promise<OpenedChannel> {
  const [opened] = await openChannels(db, keyring, [id]);
  if (opened === undefined) throw unknown(id);
  return opened;
}

const unknown = (id: string): Problem => new Problem("channel_not_found", { id });

export const channelRoutes: Route[] = [list, create, get, change, remove, test];
