import type { WabaCondition } from "./fact.ts";
import type { WhoMustAct } from "./reason.ts";

/**
 * Partner models (docs/reference/rules.md): how a WABA came to be ours to use. A model says which conditions
 * it requires and what proves them. Status, probes and recovery read it here. `mark`: "seen" in Meta's pages,
 * or "inferred" where Meta's pages say nothing.
 */
export interface PartnerModel {
  name: "portfolio_share" | "app_grant" | "multi_partner_solution" | "owned";
  what: string;
  /** The required conditions. Every model that sends with the client's token also requires `AppInstalled`. */
  requires: readonly WabaCondition[];
  /** Which grant is read: our portfolio's share with our system user's token, or the client's own token. */
  grant: "portfolio" | "client_token";
  /**
   * What proves `FullControl`: the task MANAGE, tasks that include MESSAGING, or a client token that may
   * send.
   */
  control: "manage" | "messaging_task" | "client_token";
  /** Meta's list that contains such WABAs; null: no list does. */
  listing: "client_whatsapp_business_accounts" | "owned_whatsapp_business_accounts" | null;
  /** Whose token sends messages; null: the WABA's own setting decides. */
  sendsWith: "system_user" | "client" | null;
  /** Who can bring a lost permission back. */
  who: WhoMustAct;
  proof: { Shared: string; FullControl: string };
  wayBack: string;
  mark: "seen" | "inferred";
  source: string;
}

const ALWAYS = ["Shared", "FullControl", "TokenValid", "WebhookSubscribed", "MessagingAllowed"] as const;

export const PARTNER_MODELS: readonly PartnerModel[] = [
  {
    name: "portfolio_share",
    what: "The client shares the WABA with our portfolio.",
    requires: ALWAYS,
    grant: "portfolio",
    control: "manage",
    listing: "client_whatsapp_business_accounts",
    sendsWith: null,
    who: "client",
    proof: {
      Shared: "the node read with our system user's token",
      FullControl: "the write of MANAGE for our system user; between writes the read of `assigned_users`",
    },
    wayBack: "partner assignment, or Embedded Signup again",
    mark: "seen",
    source: "manage-accounts; manage-system-users",
  },
  {
    name: "app_grant",
    what: "The client granted our app access; its WABA is in no list of our portfolio.",
    requires: [...ALWAYS, "AppInstalled"],
    grant: "client_token",
    control: "client_token",
    listing: null,
    sendsWith: "client",
    who: "client",
    proof: {
      Shared:
        "the node read with the client's token; its refusal counts only when `debug_token` no longer lists the WABA",
      FullControl: "`debug_token` lists the WABA under `whatsapp_business_messaging`",
    },
    wayBack: "Embedded Signup again; a partner assignment does not bring an app back",
    mark: "inferred",
    source: "embedded-signup/implementation names FINISH_GRANT_ONLY_API_ACCESS and nothing more",
  },
  {
    name: "multi_partner_solution",
    what: "Several partners serve the WABA in one solution, each with its own tasks.",
    requires: ALWAYS,
    grant: "portfolio",
    control: "messaging_task",
    listing: "client_whatsapp_business_accounts",
    sendsWith: null,
    who: "client",
    proof: {
      Shared: "the node read with our system user's token",
      FullControl: "a write, or between writes a read, of tasks that include MESSAGING or MANAGE",
    },
    wayBack: "Embedded Signup again, or partner assignment",
    mark: "inferred",
    source: "manage-system-users: without MESSAGING in the solution MANAGE does not work, granular tasks do",
  },
  {
    name: "owned",
    what: "The WABA belongs to our own portfolio.",
    requires: ALWAYS,
    grant: "portfolio",
    control: "manage",
    listing: "owned_whatsapp_business_accounts",
    sendsWith: "system_user",
    who: "provider",
    proof: {
      Shared: "the node read with our system user's token",
      FullControl: "the write of MANAGE for our system user; between writes the read of `assigned_users`",
    },
    wayBack: "give our system user its access back in our own portfolio; nothing to assign or to sign up",
    mark: "inferred",
    source: "manage-accounts: the edge owned_whatsapp_business_accounts",
  },
];

export type PartnerModelName = PartnerModel["name"];
export const PARTNER_MODEL_NAMES = PARTNER_MODELS.map((model) => model.name) as [
  PartnerModelName,
  ...PartnerModelName[],
];

/** @throws for a name that the check of the database column does not allow */
export function partnerModelOf(name: string): PartnerModel {
  const model = PARTNER_MODELS.find((candidate) => candidate.name === name);
  if (model === undefined) throw new Error(`Broken assumption: no partner model ${name}`);
  return model;
}

/** The parts of a share record that decide which conditions are required. Older records have no model. */
export interface Terms {
  partnerModel?: PartnerModelName;
  sendsWithClientToken: boolean;
}

export function modelOf(terms: Terms): PartnerModel {
  return partnerModelOf(terms.partnerModel ?? "portfolio_share");
}

/** `AppInstalled` only where we send with the client's own token (docs/reference/rules.md). */
export function isRequired(terms: Terms, condition: WabaCondition): boolean {
  return (
    modelOf(terms).requires.includes(condition) ||
    (condition === "AppInstalled" && terms.sendsWithClientToken)
  );
}
