import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createSignup, listSignups } from "../../api/generated/sdk.gen.ts";
import { isEndedSignup, signupQuery } from "../../api/queries.ts";
import type { Signup, Waba } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { Problem } from "../../ui/Problem.tsx";
import { SignupRun } from "./SignupRun.tsx";
import styles from "./WabaSignup.module.css";

/**
 * Embedded Signup for this WABA, the operator with the client on a call. The signup is created on demand, not
 * when the page is opened. It must exist before the click that opens Meta's window: that click cannot wait.
 */
export function WabaSignup({
  waba,
  signupId,
  onBegun,
}: {
  waba: Waba;
  signupId: string | undefined;
  onBegun: (signupId: string) => void;
}) {
  const begin = useMutation({
    mutationFn: () => findOrMake(waba.id),
    onSuccess: (signup) => onBegun(signup.id),
  });
  const mayAct = useMayAct();
  const known = useQuery({ ...signupQuery(signupId ?? ""), enabled: signupId !== undefined });
  // Lost again since then: the ended signup is of no use, and a new one begins.
  const isStale = known.data !== undefined && isEndedSignup(known.data) && waba.status !== "live";
  // Observe mode: nothing is written at Meta.
  if (waba.mode === "observe" || !mayAct) return null;
  if (signupId !== undefined && !isStale) {
    return (
      <div className={`signup-begin ${styles.signupHere}`}>
        <h3>{t("onboarding.page.progress")}</h3>
        <SignupRun id={signupId} />
      </div>
    );
  }
  return (
    <div className="signup-begin">
      <Button variant="filled" disabled={begin.isPending} onClick={() => begin.mutate()}>
        {t("onboarding.run.begin")}
      </Button>
      <p className="muted small">{t("onboarding.run.lead")}</p>
      {begin.error ? <Problem error={begin.error} /> : null}
    </div>
  );
}

/**
 * An open signup that was begun here continues. The client's own signup, from its link, is left to the
 * client.
 */
async function findOrMake(wabaId: string): Promise<Signup> {
  const state = "invited,opened,signed,proving";
  const { data: open } = await listSignups({ query: { waba_id: wabaId, state, limit: 20 } });
  const ours = open.data.find((each) => each.is_repair && each.has_invitation_link && each.launch !== null);
  return ours ?? (await createSignup({ body: { waba_id: wabaId } })).data;
}
