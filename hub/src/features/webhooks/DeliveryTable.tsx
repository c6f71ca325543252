import { useQuery } from "@tanstack/react-query";
import { webhookDeliveryQuery } from "../../api/queries.ts";
import type { WebhookDelivery } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { useCalmRows } from "../../live/useCalmRows.ts";
import { t } from "../../messages.ts";
import { serverNow } from "../../time/server-clock.ts";
import { FreshPill } from "../../ui/FreshPill.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Status } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Cell } from "../settings/Cell.tsx";
import settings from "../settings/settings.module.css";
import { DeliveryDetails } from "./DeliveryDetails.tsx";
import { LAMP_OF_DELIVERY, nextAttemptOf } from "./endpoint.ts";
import styles from "./webhooks.module.css";

interface TableProps {
  rows: WebhookDelivery[];
  /** What the rows are filtered by; null while another view is on its way. */
  view: string | null;
  openIds: string[];
  mayResend: boolean;
  onToggle: (id: string) => void;
}

const deliveryIdOf = ({ id }: WebhookDelivery): string => id;

/** A delivery of a copied link that is not among the rows stands above them. */
export function DeliveryTable({ rows, view, openIds, mayResend, onToggle }: TableProps) {
  const calm = useCalmRows(rows, deliveryIdOf, view);
  const absent = openIds.filter((id) => !calm.rows.some((row) => row.id === id));
  return (
    <div ref={calm.box}>
      <FreshPill calm={calm} />
      <table className={settings.records}>
        <caption className="vh">{t("settings.webhooks.log_caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("settings.webhooks.event")}</th>
            <th scope="col">{t("settings.webhooks.state")}</th>
            <th scope="col">{t("settings.webhooks.at")}</th>
            <th scope="col">
              <span className="vh">{t("settings.webhooks.attempts")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {absent.map((id) => (
            <AbsentRow key={id} id={id} mayResend={mayResend} onToggle={() => onToggle(id)} />
          ))}
          {calm.rows.map((delivery) => (
            <DeliveryRow
              key={delivery.id}
              of={delivery}
              isOpen={openIds.includes(delivery.id)}
              mayResend={mayResend}
              onToggle={() => onToggle(delivery.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  mayResend: boolean;
  onToggle: () => void;
}

function AbsentRow({ id, ...props }: RowProps & { id: string }) {
  const delivery = useQuery(webhookDeliveryQuery(id)).data;
  return delivery === undefined ? null : <DeliveryRow of={delivery} isOpen {...props} />;
}

function DeliveryRow({
  of: delivery,
  isOpen,
  mayResend,
  onToggle,
}: RowProps & { of: WebhookDelivery; isOpen: boolean }) {
  const panelId = `delivery-${delivery.id}`;
  return (
    <>
      <tr data-open={isOpen} data-part="delivery">
        <td data-cell="title">
          <span className={`${styles.type} mono`}>{delivery.type}</span>
          <span className="muted small block mono">{delivery.id}</span>
        </td>
        <Cell label={t("settings.webhooks.state")}>
          <Status lamp={LAMP_OF_DELIVERY[delivery.state]} label={labelOf("delivery_state", delivery.state)} />
          <Progress of={delivery} />
        </Cell>
        <Cell label={t("settings.webhooks.at")}>
          <RelativeTime at={delivery.created_at} />
        </Cell>
        <td data-cell="acts">
          <div className={settings.acts}>
            <button
              type="button"
              className="text-button"
              aria-expanded={isOpen}
              aria-controls={isOpen ? panelId : undefined}
              aria-label={`${t("settings.webhooks.attempts")}: ${delivery.type} ${delivery.id}`}
              onClick={onToggle}
            >
              {t("settings.webhooks.attempts")} <Icon name="down" size={12} />
            </button>
          </div>
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={4} data-cell="details">
            <DeliveryDetails id={panelId} of={delivery} mayResend={mayResend} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** How often it failed, and when it is tried again. */
function Progress({ of: delivery }: { of: WebhookDelivery }) {
  const { failed_count } = delivery;
  const nextAt = nextAttemptOf(delivery, serverNow());
  return (
    <>
      {failed_count === 0 ? null : (
        <span className="muted small block">
          {t("settings.webhooks.failed_count", { count: failed_count })}
        </span>
      )}
      {nextAt === null ? null : (
        <span className="muted small block">
          {t("settings.webhooks.next_attempt")} <RelativeTime at={nextAt} />
        </span>
      )}
    </>
  );
}
