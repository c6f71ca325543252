import { Name, OwnName, Phone } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import { useCallback, useRef } from "react";
import type { WabaSummary } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { WabaStatus } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { useRowKeys } from "../../shell/row-keys.ts";
import { useMoreAhead, useVirtualRows, type ListProps } from "./WabaTable.tsx";
import styles from "./WabaCards.module.css";

const CARD_PX = 110;

/** The same rows where a table would not fit: one card each, the whole card is the link. */
export function WabaCards({ rows, hasMore, onMore }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  const virtual = useVirtualRows(list, rows.length, CARD_PX);
  const items = virtual.getVirtualItems();
  useMoreAhead(items[items.length - 1]?.index, rows.length, hasMore, onMore);
  useRowKeys(
    rows.length,
    useCallback((index: number) => virtual.scrollToIndex(index, { align: "auto" }), [virtual]),
  );
  return (
    <ul ref={list} className={styles.cards} style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => {
        const waba = rows[item.index];
        if (!waba) return null;
        return (
          <li
            key={waba.id}
            ref={virtual.measureElement}
            data-index={item.index}
            style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }}
          >
            <Card waba={waba} index={item.index} />
          </li>
        );
      })}
    </ul>
  );
}

/** The first number, and how many there are besides. */
function Phones({ waba: { id, numbers } }: { waba: WabaSummary }) {
  const [first, ...more] = numbers;
  if (!first) return id;
  return (
    <>
      <Phone of={first} />
      {more.length > 0 ? ` +${more.length}` : ""}
    </>
  );
}

function Card({ waba, index }: { waba: WabaSummary; index: number }) {
  return (
    <Link to="/wabas/$wabaId" params={{ wabaId: waba.id }} data-row={index} className={styles.card}>
      <WabaStatus waba={waba} />
      <span className={styles.cardName}>
        <Name>{waba.client.name}</Name>
        <OwnName name={waba.name} of={waba.client.name} />
      </span>
      {waba.reason ? (
        <span className="small muted">
          <Phones waba={waba} />
        </span>
      ) : null}
      <span className={`${styles.cardFoot} small`}>
        {waba.reason ? (
          <span>{reasonLabelOf(waba.reason)}</span>
        ) : (
          <span className="muted">
            <Phones waba={waba} />
          </span>
        )}
        <span className="muted">
          {waba.who_must_act === "nobody" ? "" : `${labelOf("who_must_act", waba.who_must_act)} · `}
          <span className="vh">{t("since")} </span>
          <RelativeTime at={waba.since} />
        </span>
      </span>
    </Link>
  );
}
