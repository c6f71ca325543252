import { explanationOf } from "../../../meta/graph-reply.ts";
import { laterProblem, Problem } from "../../../problems.ts";
import { whoMustActOf } from "../../../sharing/status/share-state.ts";
import { askAboutWaba } from "../../../sharing/probe/ask-about-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { CommerceSettingsJson } from "../wabas/number-schema.ts";
import { hasReshareLink, isoOf, type WabaView } from "../wabas/render-waba.ts";

/**
 * A number's commerce settings, as Meta answered within the last minute. The calls count against the WABA's
 * budget. While the share is lost, Meta would refuse: the caller gets T3 with cause, since and who must act.
 *
 * @throws Problem waba_not_shared, meta_refused, meta_unreachable or too_many_checks
 */
export async function readCommerceSettings(
  deps: Pick<HttpDeps, "accountOf" | "budget" | "commerce" | "clock">,
  view: WabaView,
  phoneNumberId: string,
): Promise<CommerceSettingsJson["data"]> {
  checkShared(deps, view);
  const { connectionId, wabaId } = view.asset;
  const path = `/${phoneNumberId}/whatsapp_commerce_settings`;
  const reply = await deps.commerce.get(path, deps.clock.now(), () =>
    askAboutWaba(deps, { connectionId, wabaId, path }),
  );
  if (reply?.kind === "no_room") throw laterProblem("too_many_checks", reply.at - deps.clock.now());
  if (reply === undefined || reply.kind === "no_answer") throw new Problem("meta_unreachable");
  if (reply.kind === "refusal")
    throw new Problem("meta_refused", { metaMessage: explanationOf(reply.fault) });
  return itemsOf(reply.body.data);
}

/** The share is lost, ended or never proven: Meta would refuse to show the settings. */
export function checkShared(deps: Pick<HttpDeps, "clock">, view: WabaView): void {
  const { state } = view;
  if (!["permission_removed", "offboarded", "onboarding"].includes(state.status)) return;
  const { reason } = state;
  const facts = {
    ...{ reason, since: isoOf(state.since), whoMustAct: whoMustActOf(state) },
    hasReshareLink: hasReshareLink(view, deps.clock.now()),
  };
  throw new Problem("waba_not_shared", {}, { facts });
}

function itemsOf(data: unknown): CommerceSettingsJson["data"] {
  if (!Array.isArray(data)) return [];
  return data.flatMap((item: unknown) => {
    if (typeof item !== "object" || item === null || !("id" in item)) return [];
    const { id, is_cart_enabled, is_catalog_visible } = item as Record<string, unknown>;
    return [
      {
        id: String(id),
        is_cart_enabled: is_cart_enabled === true,
        is_catalog_visible: is_catalog_visible === true,
      },
    ];
  });
}
