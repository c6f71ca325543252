import { NativeSelect, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { AuditFilters } from "../../api/queries.ts";
import { apiKeysQuery, usersQuery } from "../../api/queries.ts";
import { labelOf, labelsOf, sentenceOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { AUDIT_OUTCOMES } from "../../shell/search.ts";
import { Icon } from "../../ui/icons.tsx";
import { TypedField } from "./TypedField.tsx";
import { ADMIN_KEY_ID } from "./api-key.ts";
import styles from "./settings.module.css";

interface BarProps {
  filters: AuditFilters;
  onChange: (change: AuditFilters) => void;
}

/** By whom, which act, about which WABA, with which outcome, and when. */
export function AuditFilterBar({ filters, onChange }: BarProps) {
  const isNarrow = useMediaQuery("(max-width: 760px)", undefined, { getInitialValueInEffect: false });
  return (
    <div className={styles.auditFilters}>
      <div className="views" role="group" aria-label={t("settings.audit.outcome")}>
        <Outcome isOn={filters.outcome === undefined} onClick={() => onChange({ outcome: undefined })}>
          {t("settings.audit.all")}
        </Outcome>
        {AUDIT_OUTCOMES.map((outcome) => (
          <Outcome key={outcome} isOn={filters.outcome === outcome} onClick={() => onChange({ outcome })}>
            {labelOf("audit_outcome", outcome)}
          </Outcome>
        ))}
      </div>
      {isNarrow ? (
        <details className={styles.moreFilters}>
          <summary>{t("settings.audit.filters")}</summary>
          <Fields filters={filters} onChange={onChange} />
        </details>
      ) : (
        <Fields filters={filters} onChange={onChange} />
      )}
      {filters.target_id === undefined ? null : (
        <button
          type="button"
          className={styles.filterMark}
          onClick={() => onChange({ target_id: undefined })}
        >
          {t("settings.audit.about")}: <span className="mono">{filters.target_id}</span>
          <Icon name="close" size={12} />
        </button>
      )}
    </div>
  );
}

function Fields({ filters, onChange }: BarProps) {
  return (
    <div className={styles.filterFields}>
      <Who filters={filters} onChange={onChange} />
      <NativeSelect
        label={t("settings.audit.act")}
        data={[{ value: "", label: t("settings.audit.any_act") }, ...actGroups()]}
        value={filters.action ?? ""}
        onChange={(event) => onChange({ action: event.currentTarget.value || undefined })}
      />
      <TypedField
        label={t("settings.audit.waba")}
        hint={t("settings.audit.waba_hint")}
        value={filters.waba_id ?? ""}
        onChange={(wabaId) => onChange({ waba_id: wabaId || undefined })}
      />
      <Day name="from" filters={filters} onChange={onChange} />
      <Day name="until" filters={filters} onChange={onChange} />
    </div>
  );
}

const Outcome = (props: { isOn: boolean; onClick: () => void; children: string }) => (
  <button type="button" className="view" aria-pressed={props.isOn} onClick={props.onClick}>
    {props.children}
  </button>
);

function Day({ name, filters, onChange }: BarProps & { name: "from" | "until" }) {
  return (
    <TextInput
      label={name === "from" ? t("settings.audit.from") : t("settings.audit.until")}
      type="date"
      value={filters[name] ?? ""}
      onChange={(event) => onChange({ [name]: event.target.value || undefined })}
    />
  );
}

/** Those who can be chosen; also somebody who is gone, while the address names them. */
function Who({ filters: { actor }, onChange }: BarProps) {
  const people = useQuery(usersQuery).data?.data ?? [];
  const keys = useQuery(apiKeysQuery).data?.data ?? [];
  const optionsOf = (named: { id: string; name: string }[]) =>
    named.map(({ id, name }) => ({ value: id, label: name }));
  const groups = [
    { group: t("settings.audit.people"), items: optionsOf(people) },
    {
      group: t("settings.audit.keys"),
      items: [{ value: ADMIN_KEY_ID, label: t("settings.admin_key") }, ...optionsOf(keys)],
    },
    {
      group: t("settings.audit.others"),
      items: Object.entries(labelsOf("audit_actor")).map(([value, label]) => ({ value, label })),
    },
  ].filter(({ items }) => items.length > 0);
  const isKnown =
    actor === undefined || groups.some(({ items }) => items.some(({ value }) => value === actor));
  return (
    <NativeSelect
      label={t("settings.audit.who")}
      data={[
        { value: "", label: t("settings.audit.anybody") },
        ...(isKnown ? [] : [{ value: actor, label: actor }]),
        ...groups,
      ]}
      value={actor ?? ""}
      onChange={(event) => onChange({ actor: event.currentTarget.value || undefined })}
    />
  );
}

/** The acts by what they are about: "api_key.created" stands under "API key". */
function actGroups() {
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const [value, label] of Object.entries(labelsOf("audit_action"))) {
    const noun = value.split(".")[0] ?? value;
    groups.set(noun, [...(groups.get(noun) ?? []), { value, label }]);
  }
  return [...groups]
    .map(([noun, items]) => ({ group: labelOf("audit_target", noun, sentenceOf(noun)), items }))
    .sort((one, other) => one.group.localeCompare(other.group));
}
