import type { GraphClient } from "../../meta/graph-client.ts";
import type { RefusedFields } from "./refused-fields.ts";

/** A connection as the looks use it: who we are at Meta, with which token we ask, and whom. */
export interface MetaAccount {
  connectionId: string;
  businessId: string;
  appId: string;
  systemUserId: string;
  token: string;
  graph: GraphClient;
  /** What Meta refuses to this connection; without it nothing is remembered, and a refused field costs calls at every probe. */
  refused?: RefusedFields;
}
