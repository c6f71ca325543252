import alerts from "./en/alerts.json" with { type: "json" };
import channels from "./en/channels.json" with { type: "json" };
import alert_mail from "./en/alert-mail.json" with { type: "json" };
import cli from "./en/cli.json" with { type: "json" };
import client_page from "./en/client-page.json" with { type: "json" };
import gateway from "./en/gateway.json" with { type: "json" };
import labels from "./en/labels.json" with { type: "json" };
import problem from "./en/problems.json" with { type: "json" };
import recovery from "./en/recovery.json" with { type: "json" };
import server from "./en/server.json" with { type: "json" };
import { textOf, type KeyOf } from "./text.ts";

/** The messages of the server in English, the one language of its API and of its command line. */
export const en = {
  ...server,
  ...channels,
  alert_mail,
  alerts,
  cli,
  client_page,
  gateway,
  labels,
  problem,
  recovery,
};

export type EnglishKey = KeyOf<typeof en>;

export const english = textOf("en", en);
