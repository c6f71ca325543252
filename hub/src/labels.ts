import type { Labels } from "./api/types.ts";
import { t } from "./messages.ts";

let labels: Labels | undefined;

/** Takes the labels of the API's values. The router reads them before the first page shows. */
export function recordLabels(ofApi: Labels): void {
  labels = ofApi;
}

/** Every value of a vocabulary and its label, in the order of the API. */
export function labelsOf(vocabulary: keyof Labels): Record<string, string> {
  if (labels === undefined) throw new Error("Broken assumption: the labels are read before a page shows");
  return labels[vocabulary];
}

/** The label of a value. One that the API has no label for is shown as `otherwise`, or as plain text. */
export const labelOf = (vocabulary: keyof Labels, value: string, otherwise = sentenceOf(value)): string =>
  labelsOf(vocabulary)[value] ?? otherwise;

/** A new value of Meta's comes as `meta:THE_VALUE` and is shown as sent. */
export function reasonLabelOf(reason: string | null | undefined): string {
  if (!reason) return "";
  if (reason.startsWith("meta:")) return t("meta_says", { value: reason.slice("meta:".length) });
  return labelOf("reason", reason);
}

/** "some_constant" as plain text. */
export const sentenceOf = (constant: string): string => {
  const text = constant.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};
