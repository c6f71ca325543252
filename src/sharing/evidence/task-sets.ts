import type { PartnerModel } from "../model/partner-model.ts";

/**
 * The tasks to write for our own system user, one set after the other until Meta accepts one. A write
 * replaces the tasks that were given before, so each set includes those that the read shows. In a solution of
 * several partners MANAGE may not work while granular tasks do (manage-system-users; that MESSAGING among
 * them suffices is inferred).
 */
export function taskSetsOf(model: PartnerModel, shown: readonly string[]): string[][] {
  if (model.control !== "messaging_task") return [["MANAGE"]];
  const granular = [...new Set([...shown.filter((task) => task !== "MANAGE"), "MESSAGING"])];
  return shown.includes("MANAGE") ? [["MANAGE"], granular] : [granular];
}

/** Whether the tasks include all that the model requires. */
export function areEnough(model: PartnerModel, tasks: readonly string[]): boolean {
  return tasks.includes("MANAGE") || (model.control === "messaging_task" && tasks.includes("MESSAGING"));
}
