import { Name } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { Waba } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Row } from "./Row.tsx";
import { Watch } from "./ProbeSchedule.tsx";

/** Names and ids to copy, and how the WABA is monitored. */
export function Details({ waba }: { waba: Waba }) {
  return (
    <aside className="details" aria-labelledby="details-title">
      <h2 id="details-title">{t("waba.details")}</h2>
      <dl>
        <Row name={t("waba.client")}>
          <Link to="/wabas" search={{ client_id: waba.client.id }}>
            <Name>{waba.client.name}</Name>
          </Link>
        </Row>
        {waba.client.business_id ? (
          <Row name={t("waba.portfolio")}>
            <CopyId value={waba.client.business_id} what={t("copied_things.portfolio_id")} />
          </Row>
        ) : null}
        {waba.client.external_id ? (
          <Row name={t("waba.external")}>
            <CopyId value={waba.client.external_id} what={t("copied_things.reference")} />
          </Row>
        ) : null}
        <Row name={t("waba.id")}>
          <CopyId value={waba.id} what={t("copied_things.waba_id")} />
        </Row>
        <Row name={t("waba.kind")}>{labelOf("kind", waba.kind)}</Row>
        <Row name={t("waba.connection")}>{waba.connection}</Row>
      </dl>
      <Watch waba={waba} />
    </aside>
  );
}
