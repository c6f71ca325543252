/** A real Alertmanager takes, groups and ends our alerts. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pino } from "pino";
import type { ChannelAddress } from "../../src/alerting/channels/alert-channel.ts";
import { renderAlertmanagerRequest } from "../../src/alerting/channels/render-request.ts";
import { sendToChannel } from "../../src/alerting/channels/send-to-channel.ts";
import { openAllowedNetworks } from "../../src/delivery/allowed-networks.ts";
import { openWebhookWire, type WebhookWire } from "../../src/delivery/open-webhook-wire.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { alertMessage } from "../support/alert-message.ts";
import { noAlertmanager, startAlertmanager, type TestAlertmanager } from "../support/start-alertmanager.ts";

interface Told {
  status: string;
  groupLabels: Record<string, string>;
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

describe.skipIf(noAlertmanager !== null)(
  `Alertmanager${noAlertmanager === null ? "" : `: ${noAlertmanager}`}`,
  () => {
    let alertmanager: TestAlertmanager;
    let receiver: Server;
    let wire: WebhookWire;
    const told: Told[] = [];

    beforeAll(async () => {
      receiver = createServer(async (request, response) => {
        told.push(JSON.parse((await request.toArray()).join("")) as Told);
        response.end();
      }).listen(0, "127.0.0.1");
      await once(receiver, "listening");
      alertmanager = await startAlertmanager(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
      wire = openWebhookWire({ clock: systemClock, networks: openAllowedNetworks(["127.0.0.1"]) });
    });
    afterAll(async () => {
      await wire.close();
      await alertmanager.stop();
      receiver.closeAllConnections();
      receiver.close();
    });

    const address = (): ChannelAddress => ({ type: "alertmanager", settings: { url: alertmanager.url } });
    const send = (message: Parameters<typeof alertMessage>[0], cause: string | null) => {
      const sent = { message: alertMessage(message), cause, threadId: null, reached: [] };
      const mailer = {
        isSetUp: false,
        send: () => Promise.reject(new Error("no mail")),
        close: () => Promise.resolve(),
      };
      return sendToChannel(
        { clock: systemClock, wire, mailer, log: pino({ level: "silent" }) },
        { address: address(), sent },
      );
    };
    const startedAt = systemClock.now() - 60_000;
    const active = async (): Promise<{ labels: Record<string, string>; endsAt: string }[]> =>
      (await fetch(`${alertmanager.url}/api/v2/alerts`, { redirect: "error" })).json() as Promise<
        { labels: Record<string, string>; endsAt: string }[]
      >;
    const idsOf = async (): Promise<string[]> =>
      (await active()).map(({ labels }) => labels["alert_id"] ?? "").toSorted();

    test("takes alerts, groups those of one rule and cause, and tells its receiver", async () => {
      for (const alertId of ["alr_one", "alr_two"])
        expect(await send({ alertId, startedAt }, "partner_removed")).toMatchObject({ outcome: "sent" });
      expect(await send({ alertId: "alr_own", rule: "token_dead", startedAt }, null)).toMatchObject({
        outcome: "sent",
      });
      await expect.poll(idsOf).toEqual(["alr_one", "alr_own", "alr_two"]);
      const groups = (): string[] =>
        [
          ...new Set(told.map(({ groupLabels, alerts }) => `${groupLabels["alertname"]} ${alerts.length}`)),
        ].toSorted();
      await expect.poll(groups).toEqual(expect.arrayContaining(["share_lost 2", "token_dead 1"]));
      expect(told.flatMap(({ alerts }) => alerts)[0]?.annotations).toMatchObject({ why: expect.any(String) });
    });

    test("does not open a second one for what is repeated, and moves its end on", async () => {
      const endOf = async (): Promise<number> =>
        Date.parse((await active()).find(({ labels }) => labels["alert_id"] === "alr_one")?.endsAt ?? "");
      const before = await endOf();
      const firing = ["alr_one", "alr_two"].map((alertId) => ({
        message: alertMessage({ alertId, kind: "grew", title: "2 clients removed our access", startedAt }),
        cause: "partner_removed",
      }));
      const request = renderAlertmanagerRequest({ url: alertmanager.url }, firing, systemClock.now());
      expect(await wire.send(request)).toMatchObject({ status: 200 });
      await expect.poll(endOf).toBeGreaterThan(before);
      expect(await idsOf()).toEqual(["alr_one", "alr_own", "alr_two"]);
    });

    test("ends what is resolved, and says so to its receiver", async () => {
      const over = { alertId: "alr_own", rule: "token_dead", startedAt, kind: "resolved" } as const;
      expect(await send({ ...over, endedAt: systemClock.now() }, null)).toMatchObject({ outcome: "sent" });
      await expect.poll(idsOf).toEqual(["alr_one", "alr_two"]);
      await expect
        .poll(() =>
          told.some(
            ({ status, groupLabels }) => status === "resolved" && groupLabels["alertname"] === "token_dead",
          ),
        )
        .toBe(true);
    });

    test("refuses what is no alert, in its own words", async () => {
      const refused = await send({ alertId: "alr_bad", startedAt: NaN }, null).catch(() => undefined);
      expect(refused).toMatchObject({ outcome: "later", detail: expect.stringContaining("went wrong") });
      const request = renderAlertmanagerRequest({ url: alertmanager.url }, [], systemClock.now());
      const attempt = await wire.send({ ...request, body: JSON.stringify([{ labels: {} }]) });
      expect(attempt).toMatchObject({ outcome: "refused", status: 400 });
    });
  },
);
