import type { PartnerModel } from "../model/partner-model.ts";

/**
 * The tasks to write for our own system user, one set after the other until Meta takes one. A write replaces what was given, so a set
 * holds what the read shows. In a solution of several partners MANAGE may not work while granular tasks do (manage-system-users; that
 * MESSAGING among them suffices is inferred).
 */
export function taskSetsOf(model: PartnerModel, shown: readonly string[]): string[][] {
  if (model.control !== "messaging_task") return [["MANAGE"]];
  const granular = [...new Set([...shown.filter((task) => task !== "MANAGE"), "MESSAGING"])];
  return shown.includes("MANAGE") ? [["MANAGE"], granular] : [granular];
}

/** Whether tasks are all that the model asks for. */
export function areEnough(model: PartnerModel, tasks: readonly string[]): boolean {
  return tasks.includes("MANAGE") || (model.control === "messaging_task" && tasks.includes("MESSAGING"));
}
