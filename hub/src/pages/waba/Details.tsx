import { Name } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { Waba } from "../../api/types.ts";
import { kindLabels, texts } from "../../texts.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Row } from "./Row.tsx";
import { Watch } from "./ProbeSchedule.tsx";

/** Names and ids to copy, and how the WABA is monitored. */
export function Details({ waba }: { waba: Waba }) {
  const { waba: strings } = texts;
  return (
    <aside className="details" aria-labelledby="details-title">
      <h2 id="details-title">{strings.details}</h2>
      <dl>
        <Row name={strings.client}>
          <Link to="/wabas" search={{ client_id: waba.client.id }}>
            <Name>{waba.client.name}</Name>
          </Link>
        </Row>
        {waba.client.business_id ? (
          <Row name={strings.portfolio}>
            <CopyId value={waba.client.business_id} what={texts.things.portfolioId} />
          </Row>
        ) : null}
        {waba.client.external_id ? (
          <Row name={strings.external}>
            <CopyId value={waba.client.external_id} what={texts.things.reference} />
          </Row>
        ) : null}
        <Row name={strings.id}>
          <CopyId value={waba.id} what={texts.things.wabaId} />
        </Row>
        <Row name={strings.kind}>{kindLabels[waba.kind]}</Row>
        <Row name={strings.connection}>{waba.connection}</Row>
      </dl>
      <Watch waba={waba} />
    </aside>
  );
}
