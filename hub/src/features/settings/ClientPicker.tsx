import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listWabasOptions } from "../../api/generated/@tanstack/react-query.gen.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Name } from "../../ui/Name.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { ClientName } from "./ClientLink.tsx";
import styles from "./settings.module.css";

const TYPING_MS = 180;
const MOST_WABAS = 30;
const MOST_CLIENTS = 6;

/** Finds a client by what is known of it or of one of its WABAs, and lets one be chosen. */
export const ClientPicker = (props: { value: string; onChange: (id: string) => void }) => (
  <ClientSearch kind="radio" chosen={[props.value]} onChoose={props.onChange} />
);

/** The same for several clients. The chosen ones stay above the search. */
export function ClientsPicker(props: { values: string[]; onChange: (ids: string[]) => void }) {
  const { values, onChange } = props;
  const toggle = (id: string): void =>
    onChange(values.includes(id) ? values.filter((other) => other !== id) : [...values, id]);
  return (
    <div className={styles.fields}>
      {values.length === 0 ? null : (
        <div className="row">
          {values.map((id) => (
            <button key={id} type="button" className={styles.filterMark} onClick={() => toggle(id)}>
              <ClientName id={id} />
              <Icon name="close" size={12} />
              <span className="vh">{t("settings.api_keys.client_remove")}</span>
            </button>
          ))}
        </div>
      )}
      <ClientSearch kind="checkbox" chosen={values} onChoose={toggle} />
    </div>
  );
}

function ClientSearch(props: {
  kind: "radio" | "checkbox";
  chosen: readonly string[];
  onChoose: (id: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const wabas = useQuery({
    ...listWabasOptions({ query: { ...(q !== "" && { q }), limit: MOST_WABAS } }),
    placeholderData: keepPreviousData,
  });
  const found = new Map(wabas.data?.data.map(({ client }) => [client.id, client]));
  return (
    <div className={styles.fields}>
      <TextInput
        type="search"
        leftSection={<Icon name="search" />}
        aria-label={t("settings.api_keys.client")}
        placeholder={t("settings.api_keys.client_hint")}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          // Enter searches here, and does not send the form.
          if (event.key === "Enter") event.preventDefault();
        }}
      />
      {wabas.error ? <Problem error={wabas.error} /> : null}
      <div role={props.kind === "radio" ? "radiogroup" : "group"} aria-label={t("settings.api_keys.client")}>
        {[...found.values()].slice(0, MOST_CLIENTS).map(({ id, name, external_id }) => (
          <label key={id} className={styles.choice}>
            <input
              type={props.kind}
              name="client"
              checked={props.chosen.includes(id)}
              onChange={() => props.onChoose(id)}
            />
            <span>
              <Name>{name}</Name>
              {external_id === null ? null : <span className="muted small block mono">{external_id}</span>}
            </span>
          </label>
        ))}
      </div>
      {wabas.data && found.size === 0 ? (
        <p className="muted small" role="status">
          {t("settings.api_keys.client_none")}
        </p>
      ) : null}
    </div>
  );
}
