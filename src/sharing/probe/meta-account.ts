import type { GraphClient } from "../../meta/graph-client.ts";
import type { RefusedFields } from "./refused-fields.ts";

/** A connection as the probes use it: who we are at Meta, our token, and the client of Graph. */
export interface MetaAccount {
  connectionId: string;
  businessId: string;
  appId: string;
  systemUserId: string;
  token: string;
  graph: GraphClient;
  /**
   * What Meta refuses to this connection. Without it nothing is remembered, and a refused field costs calls
   * at every probe.
   */
  refused?: RefusedFields;
}
