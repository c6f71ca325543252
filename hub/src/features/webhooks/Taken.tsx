import type { WebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { ClientLink } from "../settings/ClientLink.tsx";
import { takenOf } from "./endpoint.ts";
import styles from "./webhooks.module.css";

/** Which events an endpoint takes, and of which WABAs. `isWhole`: every type by name. */
export function Taken({
  of: { event_types, filter },
  isWhole = false,
}: {
  of: Pick<WebhookEndpoint, "event_types" | "filter">;
  isWhole?: boolean;
}) {
  const { named, moreCount } = isWhole
    ? { named: event_types ?? [], moreCount: 0 }
    : takenOf(event_types ?? []);
  return (
    <>
      {event_types === null ? t("settings.webhooks.takes_all") : null}
      {named.map((type) => (
        <span key={type} className={`${styles.type} mono small block`}>
          {type}
        </span>
      ))}
      {moreCount === 0 ? null : (
        <span className="muted small block">{t("settings.webhooks.takes_more", { count: moreCount })}</span>
      )}
      {filter.tags === null ? null : (
        <span className="small block">
          {t("settings.webhooks.takes_tags", { tags: filter.tags.join(", ") })}
        </span>
      )}
      {filter.client_ids === null ? null : (
        <span className="small block">
          {t("settings.webhooks.takes_clients")}{" "}
          {filter.client_ids.map((id, index) => (
            <span key={id}>
              {index === 0 ? null : ", "}
              <ClientLink id={id} />
            </span>
          ))}
        </span>
      )}
    </>
  );
}
