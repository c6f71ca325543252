import { getNumberView, getWabaView } from "../wabas/get-waba.ts";
import { CommerceSettingsSchema } from "../wabas/number-schema.ts";
import { checkShared, readCommerceSettings } from "./read-commerce-settings.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { NumberId } from "../wabas/numbers.ts";
import { WabaId } from "../wabas/wabas.ts";

const answer = { status: 200, description: "Meta's answer.", schema: CommerceSettingsSchema } as const;

const ofNumber = defineRoute({
  method: "GET",
  path: "/api/v1/numbers/{id}/commerce-settings",
  who: "viewer",
  name: "getCommerceSettings",
  group: "Numbers",
  summary: "The number's commerce settings, at most one minute old",
  params: NumberId,
  answer,
  problems: ["number_not_found", "waba_not_shared", "meta_refused", "meta_unreachable", "too_many_checks"],
  audit: null,
  async handle({ deps, params }) {
    const { view, number } = await getNumberView(deps, params.id);
    return { data: await readCommerceSettings(deps, view, number.phoneNumberId) };
  },
});

const ofWaba = defineRoute({
  method: "GET",
  path: "/api/v1/wabas/{waba_id}/commerce-settings",
  who: "viewer",
  name: "listCommerceSettings",
  group: "WABAs",
  summary: "The commerce settings of all numbers of a WABA",
  params: WabaId,
  answer,
  problems: ["waba_not_found", "waba_not_shared", "meta_refused", "meta_unreachable", "too_many_checks"],
  audit: null,
  async handle({ deps, params }) {
    const view = await getWabaView(deps, params.waba_id);
    checkShared(deps, view);
    const data = [];
    // One number after the other, so that a WABA with many numbers sends no burst against its budget.
    for (const number of view.state.numbers)
      data.push(...(await readCommerceSettings(deps, view, number.phoneNumberId)));
    return { data };
  },
});

export const commerceRoutes: Route[] = [ofNumber, ofWaba];
