/** The whole world as the control API shows it: Meta's words, ids as strings, instants as ISO 8601. */
import { reachedWabaIdsOf, refusalOfToken } from "../graph/access.ts";
import { activeRestrictionsOf, isFullControl } from "../world/world.ts";
import type { PhoneNumber, Token, Waba, World } from "../world/world.ts";

export function stateOf(world: World, now: number): Record<string, unknown> {
  return {
    now: isoOf(now),
    clock: { mode: world.clock.mode, now: isoOf(now) },
    losses_played: world.lossesPlayed,
    partner: {
      business_id: world.identity.partnerBusinessId,
      app_id: world.identity.appId,
      system_user_id: world.identity.systemUserId,
    },
    businesses: Object.values(world.businesses).map(({ id, name, verified }) => ({ id, name, verified })),
    apps: Object.values(world.apps).map((app) => ({
      id: app.id,
      name: app.name,
      business_id: app.businessId,
      callback_url: app.callbackUrl,
    })),
    system_users: Object.values(world.systemUsers).map(({ id, name, businessId, role }) => ({
      id,
      name,
      business_id: businessId,
      role,
    })),
    wabas: Object.values(world.wabas).map((waba) => wabaStateOf(world, waba, now)),
    numbers: Object.values(world.numbers).map(numberStateOf),
    tokens: Object.values(world.tokens).map((token) => tokenStateOf(world, token, now)),
    knobs: world.knobs,
    faults: world.faults,
    webhooks_under_way: Object.values(world.outbox).map((item) => ({
      webhook_id: item.webhookId,
      app_id: item.appId,
      copy: item.copy,
      url: item.url,
      attempts: item.attemptCount,
      next_at: isoOf(item.nextAt),
    })),
  };
}

function wabaStateOf(world: World, waba: Waba, now: number): Record<string, unknown> {
  return {
    id: waba.id,
    name: waba.name,
    business_id: waba.businessId,
    kind: waba.kind,
    status: waba.deleted ? "DELETED" : waba.status,
    restrictions: activeRestrictionsOf(waba, now).map((each) => ({
      restriction_type: each.type,
      expires_at: isoOf(each.expiresAt),
    })),
    partners: Object.entries(waba.partners).map(([businessId, row]) => ({
      business_id: businessId,
      tasks: row.tasks,
      full_control: isFullControl(row),
      assigned_at: isoOf(row.assignedAt),
    })),
    assigned_users: Object.entries(waba.assignedUsers).map(([id, tasks]) => ({ id, tasks })),
    subscribed_apps: Object.entries(waba.subscriptions).map(([appId, subscription]) => ({
      app_id: appId,
      override_callback_uri: subscription.overrideCallbackUri,
    })),
    has_payment_method: waba.fundingId !== null,
    installed_app_ids: waba.installedAppIds,
    phone_number_ids: waba.numberIds.filter((id) => !world.numbers[id]?.deleted),
  };
}

function numberStateOf(number: PhoneNumber): Record<string, unknown> {
  return {
    id: number.id,
    waba_id: number.wabaId,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    name_status: number.nameStatus ?? "APPROVED",
    status: number.status,
    registered: number.registered,
    deleted: number.deleted,
    verification: number.verification,
    verification_code: number.sentCode,
    coexistence: number.app !== null,
    app: number.app && {
      companion: number.app.companion,
      banned: number.app.banned,
      on_business_app: number.app.onBusinessApp,
      signed_out: number.app.signedOut,
      old_phone: number.app.oldPhone,
      reconnects_at: number.app.reconnectAt > 0 ? isoOf(number.app.reconnectAt) : null,
    },
    override_callback_uri: number.overrideCallbackUri,
  };
}

function tokenStateOf(world: World, token: Token, now: number): Record<string, unknown> {
  return {
    token: token.token,
    owner: token.owner,
    business_id: token.businessId,
    user_id: token.userId,
    app_id: token.appId,
    waba_ids: reachedWabaIdsOf(world, token),
    scopes: token.scopes,
    valid: refusalOfToken(world, token, now) === null,
    expires_at: token.expiresAt === 0 ? null : isoOf(token.expiresAt),
  };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
