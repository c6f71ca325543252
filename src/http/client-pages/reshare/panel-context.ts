import type { RecoveryContext } from "../../../recovery/recovery-subject.ts";
import type { ClientText } from "../../../messages/client-page.ts";
import type { Language } from "../../../messages/languages.ts";
import type { PanelSignup } from "./read-panel-signups.ts";
import type { WabaContext, WabaView } from "../../api/wabas/render-waba.ts";
import type { Device } from "./visitor.ts";

/** One WABA as the page shows it. */
export interface PanelContext {
  view: WabaView;
  text: ClientText;
  language: Language;
  names: Names;
  context: WabaContext;
  device: Device;
  signup: PanelSignup;
  /** The address of a form of the page. */
  address(act: string): string;
  /** True in a preview: what only the client may say is switched off. */
  isPreview: boolean;
  /** The page's own address, with its token. */
  url: string;
  /** Whether its button uses the page's main style. */
  isLeading: boolean;
}

/** The values for the gaps of sentences. */
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

/**
 * Our own name for a client does not help a person who searches for the portfolio at Meta; the portfolio's id
 * does.
 */
function portfolioOf({ name, nameGiven, businessId }: WabaView["client"]): string {
  if (businessId === null) return name;
  return nameGiven ? businessId : `${name} (${businessId})`;
}
