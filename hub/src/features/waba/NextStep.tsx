import { Button } from "@mantine/core";
import type { Waba } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { LinkButton } from "../../ui/LinkButton.tsx";

/** An act that needs no more than the click. */
interface WabaAct {
  isPending: boolean;
  mutate: () => void;
}

type NextStep = "adopt" | "reopen" | "answer" | "send" | "token" | "steps" | "check";

/** The next step for this WABA. */
export function nextStepOf(waba: Waba): NextStep {
  if (waba.status === "discovered") return "adopt";
  if (waba.status === "closed") return "reopen";
  // The strip with the client's wish has the button.
  if (waba.client_signals.signal === "asked_fresh") return "answer";
  if (waba.who_must_act === "client") return "send";
  if (waba.reason === "provider_token_invalid") return "token";
  // The client removed access on purpose: no action is needed.
  if (waba.who_must_act === "nobody") return "check";
  return waba.lamp === "red" && (waba.recovery?.methods.length ?? 0) > 0 ? "steps" : "check";
}

/** The button of a next step that has no button of its own. */
export function NextStepButton(props: { step: NextStep; adopt: WabaAct; reopen: WabaAct }) {
  switch (props.step) {
    case "adopt":
      return <ActButton act={props.adopt}>{t("waba.adopt")}</ActButton>;
    case "reopen":
      return <ActButton act={props.reopen}>{t("waba.reopen")}</ActButton>;
    case "token":
      return (
        <LinkButton to="/connection" variant="filled">
          {t("waba.replace_token")}
        </LinkButton>
      );
    case "steps":
      return (
        <Button component="a" href="#recovery" variant="filled">
          {t("waba.to_recovery")}
        </Button>
      );
    default:
      return null;
  }
}

function ActButton({ act, children }: { act: WabaAct; children: string }) {
  return (
    <Button variant="filled" disabled={act.isPending} onClick={() => act.mutate()}>
      {children}
    </Button>
  );
}
