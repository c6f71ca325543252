import type { SendOptions } from "../webhooks/deliveries.ts";

/** What the person chose on the screens of the dialog. */
export interface SignupChoice {
  appId: string;
  /** The login configuration; kept for the journal only. */
  configId: string;
  /** The client's portfolio; with `newBusiness`, none yet. */
  businessId?: string;
  newBusiness?: { name: string };
  /** An existing WABA of that portfolio, or a new one's data. */
  wabaId?: string;
  newWaba?: { name: string; currency?: string; timezoneId?: string };
  /** An existing number by its id, a new one by how it is written, or none. */
  phone: { id: string } | { displayPhoneNumber: string; verifiedName: string; app?: boolean } | null;
  /** The path "connect your existing WhatsApp Business app". */
  coexistence: boolean;
  /**
   * The feature `app_only_install`: the app is granted, and nothing is shared. Never for numbers of the
   * WhatsApp Business app.
   */
  appOnly?: boolean;
  /** Scopes the person granted. */
  permissions: readonly string[];
  /** Whether the chats of the app are shared; coexistence only. Default true. */
  shareHistory?: boolean;
  /** How the webhooks are sent, as in `POST /_emulator/actions`. */
  silent?: boolean;
  webhook?: SendOptions;
}
