import type { Route } from "../kit/route.ts";
import { aboutRoutes } from "../api/about/about.ts";
import { caseRoutes } from "../api/cases/cases.ts";
import { auditRoutes } from "../api/audit/audit.ts";
import { channelRoutes } from "../api/channels/channels.ts";
import { clientMessageRoutes } from "../api/client-messages/client-messages.ts";
import { clientRoutes } from "../api/clients/clients.ts";
import { commerceRoutes } from "../api/commerce-settings/commerce-settings.ts";
import { alertRouteRoutes } from "../api/alert-routes/alert-routes.ts";
import { alertRoutes } from "../api/alerts/alerts.ts";
import { apiKeyRoutes } from "../api/api-keys/api-keys.ts";
import { dataKeyRoutes } from "../api/data-keys/data-keys.ts";
import { directoryRoutes } from "../api/connections/directory.ts";
import { eventRoutes } from "../api/events/events.ts";
import { appActivityRoutes } from "../api/wabas/app-activity.ts";
import { figuresRoutes } from "../api/figures/figures.ts";
import { importRoutes } from "../api/imports/imports.ts";
import { keyRoutes } from "../api/keys/keys.ts";
import { labelRoutes } from "../api/labels/labels.ts";
import { incidentRoutes } from "../api/incidents/incidents.ts";
import { portalRoutes } from "../api/portal/portal.ts";
import { portalLinkRoutes } from "../api/portal/portal-links.ts";
import { probeRoutes } from "../api/probes/probes.ts";
import { repairRoutes } from "../api/repairs/repairs.ts";
import { numberRoutes } from "../api/wabas/numbers.ts";
import { documentRoutes } from "../api/about/document.ts";
import { overviewRoutes } from "../api/overview/overview.ts";
import { registrationRoutes } from "../api/registrations/registrations.ts";
import { reshareLinkRoutes } from "../api/reshare-links/reshare-links.ts";
import { invitationRoutes } from "../api/session/invitations.ts";
import { ownCredentialRoutes } from "../api/session/own-credentials.ts";
import { sessionRoutes } from "../api/session/session.ts";
import { sessionListRoutes } from "../api/session/sessions.ts";
import { signupRoutes } from "../api/signups/signups.ts";
import { signupOutcomeRoutes } from "../api/signups/signup-outcomes.ts";
import { timelineRoutes } from "../api/timeline/timeline.ts";
import { mailBounceRoutes } from "../api/mail-bounces/mail-bounces.ts";
import { observeReportRoutes } from "../api/observe-report/observe-report.ts";
import { oidcRoutes } from "../api/sign-in/oidc.ts";
import { passkeySignInRoutes } from "../api/sign-in/passkey-sign-in.ts";
import { signInWayRoutes } from "../api/sign-in/ways.ts";
import { passkeyRoutes } from "../api/passkeys/passkeys.ts";
import { userRoutes } from "../api/users/users.ts";
import { termsRoutes } from "../api/connections/terms.ts";
import { wabaWatchRoutes } from "../api/wabas/waba-watch.ts";
import { wabaRoutes } from "../api/wabas/wabas.ts";
import { deliveryRoutes } from "../api/webhook-endpoints/deliveries.ts";
import { webhookEndpointRoutes } from "../api/webhook-endpoints/webhook-endpoints.ts";
import { webhookOverrideRoutes } from "../api/webhook-override/webhook-override.ts";

const CALLS: readonly Route[] = [
  ...aboutRoutes,
  ...auditRoutes,
  ...labelRoutes,
  ...sessionRoutes,
  ...oidcRoutes,
  ...passkeySignInRoutes,
  ...signInWayRoutes,
  ...passkeyRoutes,
  ...sessionListRoutes,
  ...invitationRoutes,
  ...ownCredentialRoutes,
  ...userRoutes,
  ...overviewRoutes,
  ...figuresRoutes,
  ...wabaRoutes,
  ...caseRoutes,
  ...wabaWatchRoutes,
  ...termsRoutes,
  ...observeReportRoutes,
  ...timelineRoutes,
  ...reshareLinkRoutes,
  ...webhookOverrideRoutes,
  ...signupRoutes,
  ...signupOutcomeRoutes,
  ...importRoutes,
  ...commerceRoutes,
  ...numberRoutes,
  ...appActivityRoutes,
  ...registrationRoutes,
  ...keyRoutes,
  ...apiKeyRoutes,
  ...dataKeyRoutes,
  ...eventRoutes,
  ...channelRoutes,
  ...webhookEndpointRoutes,
  ...deliveryRoutes,
  ...directoryRoutes,
  ...clientRoutes,
  ...clientMessageRoutes,
  ...mailBounceRoutes,
  ...incidentRoutes,
  ...alertRoutes,
  ...alertRouteRoutes,
  ...probeRoutes,
  ...portalRoutes,
  ...portalLinkRoutes,
  ...repairRoutes,
];

/** Every call of the API. The document describes all of them, itself included. */
export const ROUTES: readonly Route[] = [...CALLS, ...documentRoutes(CALLS)];
