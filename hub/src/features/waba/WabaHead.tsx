import { Button } from "@mantine/core";
import type { Waba } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp, Status, WabaStatus } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { ClientStrip } from "./ClientStrip.tsx";
import { WabaActs } from "./WabaActs.tsx";

/** The state as a label and a sentence, and the primary action. */
export function WabaHead({ waba }: { waba: Waba }) {
  const mayAct = useMayAct("support");
  return (
    <header className="waba-head" data-lamp={isRefusedByToken(waba) ? "red" : waba.lamp}>
      <div className="waba-head-text">
        <div className="row">
          <WabaStatus waba={waba} size={20} />
          {isRefusedByToken(waba) ? <Status lamp="red" label={t("waba.refused_by_token")} size={20} /> : null}
        </div>
        <h1>
          <Name>{waba.name}</Name>
        </h1>
        <p className="waba-sub">
          {waba.client.name === waba.name ? t("waba.word") : <Name>{waba.client.name}</Name>}{" "}
          {waba.client.name === waba.name ? null : <span aria-hidden="true">·</span>}
          <CopyId value={waba.id} what={t("copied_things.waba_id")} />
        </p>
      </div>
      {mayAct ? (
        <WabaActs waba={waba} />
      ) : (
        <>
          <OwnerSettings waba={waba} />
          {waba.has_reshare_link ? <p className="muted small">{t("waba.link_exists")}</p> : null}
          <ClientStrip waba={waba} />
        </>
      )}
      <p className="waba-summary">
        <Sentence>{waba.summary}</Sentence>
      </p>
      {waba.warning ? (
        <p className="waba-warning">
          <Lamp lamp="amber" />
          <Sentence>{waba.warning}</Sentence>
        </p>
      ) : null}
    </header>
  );
}

/**
 * The lamp stays grey, because the share is not known to be lost. A red label beside it says that nothing is
 * sent.
 */
const isRefusedByToken = ({ reason, numbers }: Waba): boolean =>
  reason === "provider_token_invalid" && numbers.some((number) => !number.can_send);

/** Links that change nothing here are offered to everybody. */
function OwnerSettings({ waba }: { waba: Waba }) {
  if (!waba.owner_settings_url) return null;
  return (
    <div className="row waba-actions">
      <Button component="a" href={waba.owner_settings_url} target="_blank" rel="noopener noreferrer">
        <Icon name="external" />
        {t("waba.settings")}
      </Button>
    </div>
  );
}
