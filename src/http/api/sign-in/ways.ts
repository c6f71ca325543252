import { z } from "@hono/zod-openapi";
import { passkeySiteOf } from "../../../access/passkey-site.ts";
import { defineRoute, type Route } from "../../kit/route.ts";

const Ways = z
  .object({
    password: z.boolean(),
    oidc: z.array(
      z.object({
        id: z.string(),
        name: z.string().openapi({ description: "What people call the provider.", example: "Okta" }),
        start_url: z.string().openapi({ description: "Where a browser goes to sign in." }),
      }),
    ),
    passkey: z.boolean().openapi({
      description: "False where the browser cannot keep a passkey: the address is no host name.",
    }),
  })
  .openapi("SignInWays");

const ways = defineRoute({
  method: "GET",
  path: "/api/v1/session/ways",
  who: "anyone",
  name: "listSignInWays",
  group: "Session",
  summary: "Which ways of signing in there are",
  answer: { status: 200, description: "For the sign-in page.", schema: Ways },
  problems: [],
  audit: null,
  handle({ deps, request }) {
    const oidc = deps.oidcProviders.map(({ settings: { id, name } }) => ({
      ...{ id, name, start_url: `/api/v1/auth/oidc/${id}/start` },
    }));
    const passkey = "rpId" in passkeySiteOf(deps.baseUrl(), request.headers.get("host"));
    return Promise.resolve({ password: deps.settings.passwords, oidc, passkey });
  },
});

export const signInWayRoutes: Route[] = [ways];
