import type { Tx } from "../../database/database.ts";
import { findAsset } from "../../directory/directory-store.ts";
import type { Act } from "../../sharing/rules/observe-command.ts";
import { recordObservation, type By, type ShareDeps } from "../../sharing/record/record-observation.ts";
import type { Recorded } from "../../sharing/rules/step.ts";

export type TermsDeps = ShareDeps;

/**
 * Records what an operator set on one WABA: what `save` writes, what the heart remembers, and the journal's line, in one transaction.
 * From the first probe that is enforced, a loss that was only observed closes the gate and the client has a way back.
 */
export async function recordConfigured(
  deps: TermsDeps,
  input: {
    assetId: string;
    configured: readonly string[];
    act: Extract<Act, { kind: "configure" }>;
    evidence: Record<string, unknown>;
    save(tx: Tx): Promise<void>;
    by: By;
  },
): Promise<Recorded | undefined> {
  const { assetId, configured, by } = input;
  return recordObservation(deps, {
    assetId,
    configured,
    observe: async (tx) => {
      await input.save(tx);
      const mode = configured.includes("mode") ? (await findAsset(tx, assetId))?.mode : undefined;
      return { type: "act", act: { ...input.act, ...(mode && { mode }) } };
    },
    note: {
      kind: "act",
      source: "operator",
      title: "waba.configured",
      detail: configured.join(", "),
      evidence: input.evidence,
    },
    by,
  });
}
