import { addPasskey, beginPasskey } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { t } from "../../messages.ts";

type Options = Parameters<typeof import("@simplewebauthn/browser").startRegistration>[0]["optionsJSON"];
type Answer = NonNullable<Parameters<typeof addPasskey>[0]>["body"]["response"];

/** Asks the browser for a new passkey and adds it to the own account under this name. */
export async function addPasskeyHere(name: string): Promise<void> {
  const { startRegistration } = await import("@simplewebauthn/browser");
  const { data } = await beginPasskey({ body: {} });
  // The API describes the options as an object: their shape is the browser's.
  const answer = await startRegistration({ optionsJSON: data as unknown as Options });
  await addPasskey({ body: { name, response: answer as unknown as Answer } });
}

/** A refusal of the API as it is; what the browser itself throws as a sentence. */
export function passkeyFaultOf(error: Error): ProblemError | string {
  if (error instanceof ProblemError) return error;
  return error.name === "InvalidStateError"
    ? t("settings.security.passkey_known")
    : t("settings.security.passkey_none");
}
