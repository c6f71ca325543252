import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { setModesMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { setModes } from "../../api/generated/sdk.gen.ts";
import type { Mode, ModeSteps } from "../../api/types.ts";
import { reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import styles from "./ModeDialog.module.css";

interface Named {
  id: string;
  name: string;
}

type Scope = "waba" | "client";

/** Switches a WABA or a client's WABAs, after showing the immediate effect on messages. */
export function ModeDialog(props: { mode: Mode; client: Named; waba?: Named; onClose: () => void }) {
  const { mode, client, waba, onClose } = props;
  const [scope, setScope] = useState<Scope>(waba ? "waba" : "client");
  const cohort = scope === "waba" && waba ? { waba_ids: [waba.id] } : { client_id: client.id };
  const dryRun = useQuery({
    queryKey: ["modes", mode, cohort],
    queryFn: async () => (await setModes({ body: { mode, ...cohort, dry_run: true } })).data,
    staleTime: 0,
    gcTime: 0,
  });
  const save = useSwitch(mode, onClose);
  const isEmpty = dryRun.data?.counts.wabas === 0;
  return (
    <ConfirmDialog
      title={t(`observe.dialog.title.${mode}`, { name: scope === "waba" && waba ? waba.name : client.name })}
      confirm={t(`observe.dialog.confirm.${mode}`)}
      isReady={dryRun.data !== undefined && !isEmpty}
      isSending={save.isPending}
      error={save.error}
      onConfirm={() => save.mutate({ body: { mode, ...cohort } })}
      onClose={onClose}
    >
      {waba ? <ScopeChoice scope={scope} client={client.name} onChange={setScope} /> : null}
      <Loaded query={dryRun} skeleton={<Blocks count={2} height={24} />}>
        {(steps) => <Meaning mode={mode} steps={steps} />}
      </Loaded>
    </ConfirmDialog>
  );
}

function useSwitch(mode: Mode, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    ...setModesMutation(),
    async onSuccess() {
      announce(t(`observe.dialog.done.${mode}`));
      onDone();
      await queries.invalidateQueries();
    },
  });
}

function ScopeChoice(props: { scope: Scope; client: string; onChange: (scope: Scope) => void }) {
  const labels: Record<Scope, string> = {
    waba: t("observe.dialog.scope_waba"),
    client: t("observe.dialog.scope_client", { client: props.client }),
  };
  return (
    <fieldset className="choices">
      <legend className="muted small">{t("observe.dialog.scope")}</legend>
      {(["waba", "client"] as const).map((scope) => (
        <label key={scope}>
          <input
            type="radio"
            name="scope"
            checked={props.scope === scope}
            onChange={() => props.onChange(scope)}
          />
          {labels[scope]}
        </label>
      ))}
    </fieldset>
  );
}

const MOST_NAMED = 5;

/** How many WABAs are switched, which gates change at once, and what applies from then on. */
function Meaning({ mode, steps }: { mode: Mode; steps: ModeSteps }) {
  const { counts, data } = steps;
  if (counts.wabas === 0) return <p>{t("observe.dialog.none")}</p>;
  const moving = data.filter(({ gate }) => gate !== "stays");
  return (
    <div className="stack">
      <p>{t("observe.dialog.wabas", { wabas: counts.wabas })}</p>
      <p className="strong">
        {mode === "enforce"
          ? t("observe.dialog.closes", { wabas: counts.closes })
          : t("observe.dialog.opens", { wabas: counts.opens })}
      </p>
      {moving.length > 0 ? (
        <ul className={styles.moving}>
          {moving.slice(0, MOST_NAMED).map((step) => (
            <li key={step.waba_id}>
              <span className="mono">{step.waba_id}</span>
              <span className="muted">{reasonLabelOf(step.reason)}</span>
            </li>
          ))}
          {moving.length > MOST_NAMED ? (
            <li>{t("observe.dialog.and", { count: moving.length - MOST_NAMED })}</li>
          ) : null}
        </ul>
      ) : null}
      <p className="muted">
        {mode === "enforce" ? t("observe.dialog.then_enforce") : t("observe.dialog.then_observe")}
      </p>
    </div>
  );
}
