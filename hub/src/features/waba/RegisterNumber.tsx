import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { registerNumber } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { timelineQuery, wabaQuery } from "../../api/queries.ts";
import { phoneOf, type Waba, type WabaNumber } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { Problem } from "../../ui/Problem.tsx";
import { PinField } from "../signup/PinField.tsx";

/** Numbers of the platform that Meta has deregistered. */
const isDeregistered = ({ coexistence, conditions }: WabaNumber): boolean =>
  !coexistence &&
  conditions.some(
    ({ type, status, reason }) =>
      type === "NumberConnected" && status === "False" && reason === "number_deregistered",
  );

/** Registers one number in a click. The PIN is asked for only when it is not known here, or on demand. */
export function RegisterNumber({ waba, number }: { waba: Waba; number: WabaNumber }) {
  const queries = useQueryClient();
  const [wantsPin, setWantsPin] = useState(false);
  const ask = useMutation({
    mutationFn: async (pin: string | null) => {
      const body = pin === null ? {} : { pin };
      return (await registerNumber({ path: { id: number.id }, body })).data;
    },
    onSuccess(fresh) {
      queries.setQueryData(wabaQuery(waba.id).queryKey, fresh);
      void queries.invalidateQueries({ queryKey: timelineQuery(waba.id).queryKey });
      announce(t("onboarding.register.done", { number: phoneOf(number) }));
    },
    onError(error) {
      if (error instanceof ProblemError && error.body.code === "pin_wanted") setWantsPin(true);
    },
  });
  const mayAct = useMayAct();
  if (!mayAct || waba.mode === "observe" || !isDeregistered(number)) return null;
  const isWanted = ask.error instanceof ProblemError && ask.error.body.code === "pin_wanted";
  const error = isWanted ? null : ask.error;
  if (wantsPin)
    return <PinField number={phoneOf(number)} isSending={ask.isPending} error={error} onSend={ask.mutate} />;
  return (
    <div className="signup-begin">
      <div className="row">
        <Button variant="filled" disabled={ask.isPending} onClick={() => ask.mutate(null)}>
          {ask.isPending
            ? t("onboarding.register.working")
            : t("onboarding.register.act", { number: phoneOf(number) })}
        </Button>
        <button type="button" className="text-button" onClick={() => setWantsPin(true)}>
          {t("onboarding.register.with_pin")}
        </button>
      </div>
      <p className="muted small">{t("onboarding.register.hint")}</p>
      {error ? <Problem error={error} /> : null}
    </div>
  );
}
