import type { Tx } from "../../database/database.ts";
import { findAsset } from "../../directory/asset-store.ts";
import type { Command } from "../../sharing/rules/observe-command.ts";
import {
  recordObservation,
  termsChange,
  type By,
  type RecordDeps,
} from "../../sharing/record/record-observation.ts";
import type { Recorded } from "../../sharing/rules/step.ts";

/**
 * Records an operator's settings of one WABA: the columns that `save` writes, the share record, and the
 * journal's line, in one transaction. From the first enforced probe on, a loss that was only observed closes
 * the gate and creates the client's re-share link.
 */
export async function recordConfigured(
  deps: RecordDeps,
  input: {
    assetId: string;
    configured: readonly string[];
    command: Extract<Command, { kind: "configure" }>;
    evidence: Record<string, unknown>;
    /** Asked first, in the same transaction: whether it is still to be recorded. */
    stillDue?: (tx: Tx) => Promise<boolean>;
    save(tx: Tx): Promise<void>;
    by: By;
  },
): Promise<Recorded | undefined> {
  const { assetId, configured, by, stillDue } = input;
  return recordObservation(deps, {
    assetId,
    ...(stillDue && { stillDue }),
    configured: termsChange(configured),
    observe: async (tx) => {
      await input.save(tx);
      const mode = configured.includes("mode") ? (await findAsset(tx, assetId))?.mode : undefined;
      return { type: "command", command: { ...input.command, ...(mode && { mode }) } };
    },
    note: {
      kind: "command",
      source: "operator",
      title: "waba.configured",
      detail: configured.join(", "),
      evidence: input.evidence,
    },
    by,
  });
}
