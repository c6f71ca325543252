import type { IncomingMessage } from "node:http";
import { z } from "@hono/zod-openapi";
import { isDirect } from "../../kit/is-direct.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";

const About = z
  .object({
    product: z.literal("sharekeeper"),
    version: z.string(),
    partner: z.object({ name: z.string(), business_id: z.string() }),
    mode: z.enum(["enforce", "observe"]),
    server_time: Instant,
    sandbox: z.object({ api_key: z.string().nullable(), emulator_url: z.string() }).nullable(),
  })
  .openapi("About");

const about = defineRoute({
  method: "GET",
  path: "/api/v1/about",
  who: "anyone",
  name: "getAbout",
  group: "Service",
  summary: "This installation and its partner",
  answer: { status: 200, description: "The installation.", schema: About },
  problems: [],
  audit: null,
  handle: ({ deps: { settings, clock }, incoming }) =>
    Promise.resolve({
      product: "sharekeeper" as const,
      version: settings.version,
      partner: { name: settings.partnerName, business_id: settings.partnerBusinessId },
      mode: settings.mode,
      server_time: isoOf(clock.now()),
      sandbox: settings.sandbox && {
        api_key:
          isDirect(incoming, settings.publicUrl) && isSameOrigin(incoming) ? settings.sandbox.apiKey : null,
        emulator_url: settings.sandbox.emulatorUrl,
      },
    }),
});

/** Other sites cannot read the sandbox's key, whatever the browser's rules allow. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"] ?? "none";
  const origin = headers.origin ?? `http://${headers.host}`;
  return (site === "none" || site === "same-origin") && origin === `http://${headers.host}`;
}

export const aboutRoutes: Route[] = [about];
