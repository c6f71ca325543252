import type { GraphClient } from "../meta/graph-client.ts";

/** A connection as the looks use it: who we are at Meta, with which token we ask, and whom. */
export interface MetaAccount {
  connectionId: string;
  businessId: string;
  appId: string;
  systemUserId: string;
  token: string;
  graph: GraphClient;
}
