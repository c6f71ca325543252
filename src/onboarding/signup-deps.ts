import type { SignupTerms } from "./signup-terms.ts";
import type { VerifyDeps } from "../sharing/probe/verify-share.ts";

/** What the steps of a signup need beside Meta and the core. */
export interface SignupDeps extends VerifyDeps {
  /** The terms of a connection's signups; undefined when this instance does not know the connection. */
  termsOf(connectionId: string): SignupTerms | undefined;
  /** Called when a signup can continue, so that the loop need not wait for its next round. */
  wakeSignups(): void;
}
