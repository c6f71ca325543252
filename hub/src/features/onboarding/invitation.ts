import type { CreateSignupData } from "../../api/generated/types.gen.ts";
import { NAME_KEY } from "./signup-texts.ts";

/** The fields of the form: all are text, and an empty one is left out of the request. */
export interface Invitation {
  name: string;
  reference: string;
  flow: string;
  language: string;
  metadata: [key: string, value: string][];
  returns: Record<"success" | "cancel" | "error", string>;
}

export const emptyInvitation: Invitation = {
  name: "",
  reference: "",
  flow: "",
  language: "",
  metadata: [["", ""]],
  returns: { success: "", cancel: "", error: "" },
};

const filled = (pairs: [string, string][]): Record<string, string> =>
  Object.fromEntries(
    pairs
      .map(([key, value]) => [key.trim(), value.trim()] as const)
      .filter(([key, value]) => key !== "" && value !== ""),
  );

/** The body of `POST /signups`. */
export function wishOf({
  name,
  reference,
  flow,
  language,
  metadata,
  returns,
}: Invitation): NonNullable<CreateSignupData["body"]> {
  return {
    ...filled([
      ["external_id", reference],
      ["flow", flow],
      ["language", language],
    ]),
    metadata: filled([...metadata, [NAME_KEY, name]]),
    return_urls: filled(Object.entries(returns)),
  };
}
