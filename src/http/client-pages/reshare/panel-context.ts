import type { RecoveryContext } from "../../../recovery/recovery-subject.ts";
import type { ClientTexts, Language } from "../../../texts/client-page.ts";
import type { PanelSignup } from "./read-panel-signups.ts";
import type { WabaContext, WabaView } from "../../api/wabas/render-waba.ts";
import type { Device } from "./visitor.ts";

/** One WABA as the page tells of it. */
export interface PanelContext {
  view: WabaView;
  texts: ClientTexts;
  language: Language;
  names: Names;
  context: WabaContext;
  device: Device;
  signup: PanelSignup;
  /** Where a form of the page goes. */
  address(act: string): string;
  /** What only the client may say is switched off. */
  isPreview: boolean;
  /** The page's own address, with its token. */
  url: string;
  /** Its button is the page's own. */
  isLeading: boolean;
}

/** What fills the gaps of sentences. */
export type Names = Record<"partner" | "partner_id" | "client" | "waba" | "waba_id" | "portfolio", string>;

export function namesOf(view: WabaView, { partnerName, partnerBusinessId }: RecoveryContext): Names {
  const { asset, client } = view;
  return {
    partner: partnerName,
    partner_id: partnerBusinessId,
    client: client.name,
    waba: asset.name,
    waba_id: asset.wabaId,
    portfolio: portfolioOf(client),
  };
}

/** A name that we gave our client says nothing to somebody who looks for the portfolio at Meta; its id does. */
function portfolioOf({ name, nameGiven, businessId }: WabaView["client"]): string {
  if (businessId === null) return name;
  return nameGiven ? businessId : `${name} (${businessId})`;
}
