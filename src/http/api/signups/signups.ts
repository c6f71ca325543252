import type { Sql } from "../../../database/database.ts";
import { isLimited, isWithin, type Limits } from "../../../access/actor.ts";
import { z } from "@hono/zod-openapi";
import { abandonSignup } from "../../../onboarding/signup/abandon-signup.ts";
import { acceptSuccessor } from "../../../onboarding/signup/accept-successor.ts";
import { confirmWaba } from "../../../onboarding/signup/confirm-waba.ts";
import { openSignup } from "../../../onboarding/signup/open-signup.ts";
import { readSignups } from "../../../onboarding/signup/signup-store.ts";
import { invitationEndsAtOf, type Signup } from "../../../onboarding/signup/signup.ts";
import { Problem } from "../../../problems.ts";
import { clientTextOf } from "../../../messages/client-page.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";
import { findAsset, type Asset } from "../../../directory/asset-store.ts";
import { flowOf, getSignup, renderSignupNow, signupContextOf, wabaNameOf } from "./get-signup.ts";
import { getAssetId } from "../wabas/get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { commaList, Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { parseCursor, renderCursor } from "../../../reports/page-cursor.ts";
import { readSignupWarnings } from "./read-signup-warnings.ts";
import { readSignupViews } from "./read-signups.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { renderSignup } from "./render-signup.ts";
import { recordSignupCommand } from "./record-signup-command.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";
import {
  InvitationLinkSchema,
  SignupEventSchema,
  NewSignupSchema,
  SIGNUP_FLOWS,
  SIGNUP_STATES,
  SignupSchema,
} from "./signup-schema.ts";

const SignupId = z.object({ id: z.string().max(64).openapi({ example: "sgn_8k2m5v9q3w7x1z4c6b0n" }) });
const WabaId = z.string().regex(/^\d{5,20}$/, "a WABA's id at Meta: 5 to 20 digits");
const Url = z.url().max(2000);

const MOST_NAMES = 50;
const LONGEST_METADATA = 20_000;

/** A list of signups carries the metadata of each, so its total size is bounded. */
const Metadata = z
  .record(z.string().min(1).max(100), z.string().max(1000))
  .refine((given) => Object.keys(given).length <= MOST_NAMES, `use at most ${MOST_NAMES} names`)
  .refine(
    (given) => JSON.stringify(given).length <= LONGEST_METADATA,
    `use at most ${LONGEST_METADATA} characters of JSON in all`,
  );

const Wish = z.strictObject({
  waba_id: WabaId.optional().openapi({
    description: "A repair: only this WABA is accepted. Without it, the signup is for a new client.",
  }),
  flow: z.enum(SIGNUP_FLOWS).optional().openapi({
    description:
      "Without it: for a repair, the known kind of the WABA; for a new client, the client's choice.",
  }),
  external_id: z.string().min(1).max(200).optional().openapi({ description: "Your own id of this client." }),
  metadata: Metadata.default({}).openapi({ description: "Returned with the signup." }),
  return_urls: z
    .strictObject({ success: Url.optional(), cancel: Url.optional(), error: Url.optional() })
    .default({})
    .openapi({ description: "Where the client is sent afterwards; each must be on ALLOWED_RETURN_URLS." }),
  language: z.enum(Object.keys(LANGUAGES) as [Language, ...Language[]]).optional(),
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/signups",
  who: "operator",
  scope: "onboarding",
  confinedBy: "caller",
  name: "createSignup",
  group: "Onboarding",
  summary: "Invite a client to Embedded Signup, for the first time or again",
  body: Wish,
  answer: {
    status: 200,
    description: "The signup, with the client's page and what would stop it now.",
    schema: NewSignupSchema,
  },
  problems: ["waba_not_found", "return_url_not_allowed", "signup_not_offered", "foreign_origin"],
  audit: "signup.created",
  async handle({ deps, body, actor, act }) {
    const { waba_id: wabaId } = body;
    act.note({
      target:
        wabaId === undefined ? { type: "connection", id: "default" } : { type: "waba", id: wabaId, wabaId },
      after: { flow: body.flow, external_id: body.external_id, language: body.language },
    });
    const wish = await wishOf(deps, body, actor);
    const opened = await openSignup(deps, { wish, actor: actor.id });
    if (opened.kind === "foreign_return_url")
      throw new Problem("return_url_not_allowed", { url: opened.url });
    const warnings = await readSignupWarnings(deps, opened.signup.connectionId);
    const url = deps.invitations.urlOf(opened.signup.id);
    return { ...(await renderSignupNow(deps, opened.signup)), url, warnings };
  },
});

async function wishOf(
  deps: Pick<HttpDeps, "db">,
  body: z.output<typeof Wish>,
  limits: Limits,
): Promise<Parameters<typeof openSignup>[1]["wish"]> {
  const asset = body.waba_id === undefined ? undefined : await getAssetWithin(deps.db, body.waba_id, limits);
  // A signup for a new client belongs to none that a caller could be limited to.
  if (asset === undefined && isLimited(limits)) throw new Problem("client_limited");
  const { success, cancel, error } = body.return_urls;
  return {
    connectionId: asset?.connectionId ?? "default",
    expectedAssetId: asset?.id ?? null,
    linkId: null,
    clientChoosesFlow: body.flow === undefined && asset === undefined,
    flow: body.flow ?? (asset === undefined ? "platform" : await flowOf(deps, asset.id)),
    externalId: body.external_id ?? null,
    metadata: body.metadata,
    returnUrls: { ...(success && { success }), ...(cancel && { cancel }), ...(error && { error }) },
    language: body.language ?? null,
  };
}

/** The WABA, if the caller may see it. Otherwise the problem of an unknown id. */
async function getAssetWithin(db: Sql, wabaId: string, limits: Limits): Promise<Asset> {
  const asset = await findAsset(db, await getAssetId(db, wabaId));
  if (asset === undefined || !isWithin(limits, asset)) throw new Problem("waba_not_found", { id: wabaId });
  return asset;
}

const Query = z.strictObject({
  state: commaList(z.enum(SIGNUP_STATES))
    .optional()
    .openapi({ type: "string", description: "One or more, separated by commas." }),
  waba_id: WabaId.optional(),
  q: z.string().trim().min(1).max(200).optional().openapi({
    description: "An id, a reference, a word of the metadata, or a name of the WABA or its client.",
  }),
  since: Instant.optional().openapi({ description: "Only signups created since then." }),
  limit: Limit,
  cursor: Cursor,
});

const list = defineRoute({
  method: "GET",
  path: "/api/v1/signups",
  who: "viewer",
  scope: "onboarding",
  confinedBy: "caller",
  name: "listSignups",
  group: "Onboarding",
  summary: "Signups, newest first",
  query: Query,
  answer: { status: 200, description: "One page.", schema: listOf(SignupSchema) },
  problems: ["invalid_cursor", "waba_not_found"],
  audit: null,
  async handle({ deps, query, actor }) {
    const cursor = parseCursor(query.cursor, "newest", 2);
    const after = cursor && { createdAt: new Date(Number(cursor.values[0])), id: String(cursor.values[1]) };
    if (after !== null && Number.isNaN(after.createdAt.getTime())) throw new Problem("invalid_cursor");
    const wabaAssetId =
      query.waba_id === undefined ? null : (await getAssetWithin(deps.db, query.waba_id, actor)).id;
    const filter = {
      state: (query.state as Signup["state"][] | undefined) ?? null,
      wabaAssetId,
      since: query.since === undefined ? null : new Date(query.since),
      q: query.q ?? null,
      within: actor,
    };
    const rows = await readSignups(deps.db, filter, after, query.limit + 1);
    const views = await readSignupViews(deps.db, rows, deps.clock.now());
    return pageOf(
      views,
      query.limit,
      ({ signup }) => renderCursor({ sort: "newest", values: [signup.createdAt, signup.id] }),
      (page) =>
        page.map((view) => renderSignup(view, signupContextOf(deps, view.signup, clientTextOf("en")))),
    );
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/signups/{id}",
  who: "viewer",
  scope: "onboarding",
  name: "getSignup",
  group: "Onboarding",
  summary: "One signup: its progress, and how its attempts ended",
  params: SignupId,
  answer: { status: 200, description: "The signup as it is now.", schema: SignupSchema },
  problems: ["signup_not_found"],
  audit: null,
  handle: async ({ deps, params }) => renderSignupNow(deps, await getSignup(deps, params.id)),
});

const openLink = defineRoute({
  method: "POST",
  path: "/api/v1/signups/{id}/invitation-link",
  who: "operator",
  scope: "onboarding",
  name: "openInvitationLink",
  group: "Onboarding",
  summary: "Get the address of a client's invitation",
  description: "No read names the address. Each call leaves a line in the audit.",
  params: SignupId,
  body: z.strictObject({}),
  answer: { status: 200, description: "The live invitation link.", schema: InvitationLinkSchema },
  problems: ["signup_not_found", "no_invitation_link", "foreign_origin"],
  audit: "signup.link_opened",
  async handle({ deps, params }) {
    const signup = await getSignup(deps, params.id);
    const endsAt = invitationEndsAtOf(signup);
    if (endsAt === null || endsAt <= deps.clock.now()) throw new Problem("no_invitation_link");
    return { url: deps.invitations.urlOf(signup.id), expires_at: isoOf(endsAt) };
  },
});

const command = defineRoute({
  method: "POST",
  path: "/api/v1/signups/{id}/events",
  who: "operator",
  scope: "onboarding",
  name: "recordSignupEvent",
  group: "Onboarding",
  summary: "Report an event of Meta's dialog: begun, code, session or exit",
  description:
    "The code and the session may come in either order. The code is exchanged before the answer, because it is valid for 30 s.",
  params: SignupId,
  body: SignupEventSchema,
  answer: { status: 200, description: "The signup after the event.", schema: SignupSchema },
  problems: [
    "signup_not_found",
    "signup_ended",
    "signup_not_offered",
    "attempt_ended",
    "too_many_attempts",
    "pin_not_wanted",
    "pin_refused",
    "too_many_registrations",
    "meta_unreachable",
    "foreign_origin",
  ],
  audit: "signup.event_recorded",
  async handle({ deps, params, body, act }) {
    act.note({ detail: { event: body.type } });
    const signup = await getSignup(deps, params.id);
    await recordSignupCommand(deps, signup, body);
    return renderSignupNow(deps, await getSignup(deps, params.id));
  },
});

const accept = defineRoute({
  method: "POST",
  path: "/api/v1/signups/{id}/accept-successor",
  who: "operator",
  scope: "onboarding",
  name: "acceptSuccessor",
  group: "Onboarding",
  summary: "Accept the WABA that replaces one that cannot return",
  description:
    "Keys, settings and history move to the new WABA. Allowed only after the old WABA or its number was deleted or changed.",
  params: SignupId,
  body: z.strictObject({}),
  answer: {
    status: 200,
    description: "The signup, which continues with the new WABA.",
    schema: SignupSchema,
  },
  problems: ["signup_not_found", "nothing_offered", "waba_still_here", "meta_unreachable", "foreign_origin"],
  audit: "signup.successor_accepted",
  async handle({ deps, params, by }) {
    const signup = await getSignup(deps, params.id);
    const acceptance = await acceptSuccessor(deps, {
      signupId: signup.id,
      by,
    });
    if (acceptance === "silent") throw new Problem("meta_unreachable");
    if (acceptance === "still_here")
      throw new Problem("waba_still_here", { waba: await wabaNameOf(deps, signup) });
    if (acceptance !== "accepted") throw new Problem("nothing_offered");
    return renderSignupNow(deps, await getSignup(deps, params.id));
  },
});

const confirm = defineRoute({
  method: "POST",
  path: "/api/v1/signups/{id}/confirm-waba",
  who: "operator",
  scope: "onboarding",
  name: "confirmSignupWaba",
  group: "Onboarding",
  summary: "Confirm the WABA that came after a window without a code",
  description:
    "Meta's window was finished but its code never came, so nothing proves which client the WABA belongs to. After the confirmation this signup imports it.",
  params: SignupId,
  body: z.strictObject({}),
  answer: { status: 200, description: "The signup, which continues with the WABA.", schema: SignupSchema },
  problems: ["signup_not_found", "nothing_offered", "foreign_origin"],
  audit: "signup.waba_confirmed",
  async handle({ deps, params, by }) {
    const signup = await getSignup(deps, params.id);
    if (!(await confirmWaba(deps, { signupId: signup.id, by }))) throw new Problem("nothing_offered");
    return renderSignupNow(deps, await getSignup(deps, params.id));
  },
});

const abandon = defineRoute({
  method: "POST",
  path: "/api/v1/signups/{id}/abandon",
  who: "operator",
  scope: "onboarding",
  name: "abandonSignup",
  group: "Onboarding",
  summary: "End a signup",
  description: "Finished steps stay. For a ready signup only the link ends.",
  params: SignupId,
  body: z.strictObject({}),
  answer: { status: 200, description: "The signup, ended.", schema: SignupSchema },
  problems: ["signup_not_found", "foreign_origin"],
  audit: "signup.abandoned",
  async handle({ deps, params }) {
    const signup = await getSignup(deps, params.id);
    await abandonSignup(deps, signup.id);
    return renderSignupNow(deps, await getSignup(deps, params.id));
  },
});

export const signupRoutes: Route[] = [create, list, get, openLink, command, accept, confirm, abandon];
