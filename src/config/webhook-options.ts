import { networks } from "./formats.ts";
import { option } from "./option.ts";

/** The settings of deliveries to webhook endpoints: a part of OPTIONS. */
export const WEBHOOK_OPTIONS = {
  webhookAllowedNetworks: option({
    name: "WEBHOOK_ALLOWED_NETWORKS",
    description:
      "Networks of your own that events may be delivered to. Without it they go by https to public addresses alone, so that nobody reaches your neighbours through Sharekeeper.",
    expects: "addresses or networks such as 10.1.2.0/24,127.0.0.1, separated by commas, or leave it unset",
    schema: networks,
    sandbox: "127.0.0.0/8,::1",
  }),
} as const;
