import type { Lamp, Signup } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";

/** Where the invite dialog keeps the name that the operator gave. */
export const NAME_KEY = "name";

/** The client's name: the one at Meta, else the one given in the invitation. */
export function titleOf({ client_name, metadata, external_id }: Signup): string {
  const given = metadata[NAME_KEY];
  return (
    client_name ??
    (typeof given === "string" && given !== "" ? given : null) ??
    external_id ??
    t("onboarding.new_client")
  );
}

const LAMPS: Record<Signup["state"], Lamp> = {
  invited: "grey",
  opened: "amber",
  signed: "amber",
  proving: "amber",
  ready: "green",
  abandoned: "grey",
};

/** Ready, but a number is still not registered: the lamp above a failed step must not be green. */
const isLeft = ({ state, who_must_act }: Signup): boolean => state === "ready" && who_must_act !== "nobody";
export const signupLampOf = (signup: Signup): Lamp => (isLeft(signup) ? "amber" : LAMPS[signup.state]);
export function signupHintOf(signup: Signup): string {
  if (isLeft(signup)) return t("onboarding.ready_with_left");
  const isFinished = signup.exit_reason?.code === "finished_without_code";
  return isFinished ? t("onboarding.finished_without_code") : t(`onboarding.state_hints.${signup.state}`);
}

export const STATES = Object.keys(LAMPS) as Signup["state"][];

/** Until Meta's window was opened, the client has not answered. */
export const flowLabelOf = ({ client_chooses_flow, state, flow }: Signup): string =>
  client_chooses_flow && state === "invited" ? t("onboarding.flow_asked") : labelOf("signup_flow", flow);
