import { useQuery } from "@tanstack/react-query";
import { eventTypesQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../labels.ts";
import { has, t } from "../../messages.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import settings from "../settings/settings.module.css";
import { groupsOf } from "./endpoint.ts";
import styles from "./webhooks.module.css";

interface ChoiceProps {
  /** Null: all. */
  chosen: string[] | null;
  onChange: (chosen: string[] | null) => void;
}

/** All types of events, or some of them, each with its meaning. */
export function EventTypeChoice({ chosen, onChange }: ChoiceProps) {
  return (
    <fieldset className={settings.choiceList}>
      <legend>{t("settings.webhooks.types")}</legend>
      <label className={settings.choice}>
        <input type="radio" name="types" checked={chosen === null} onChange={() => onChange(null)} />
        <span>
          {t("settings.webhooks.types_all")}
          <span className="muted small block">{t("settings.webhooks.types_all_hint")}</span>
        </span>
      </label>
      <label className={settings.choice}>
        <input type="radio" name="types" checked={chosen !== null} onChange={() => onChange(chosen ?? [])} />
        <span>
          {t("settings.webhooks.types_some")}
          {chosen === null || chosen.length === 0 ? null : (
            <span className="count">{t("settings.webhooks.types_chosen", { count: chosen.length })}</span>
          )}
        </span>
      </label>
      {chosen === null ? null : <Listed chosen={chosen} onChange={onChange} />}
    </fieldset>
  );
}

function Listed({ chosen, onChange }: ChoiceProps & { chosen: string[] }) {
  const query = useQuery(eventTypesQuery);
  const toggle = (type: string): void =>
    onChange(chosen.includes(type) ? chosen.filter((other) => other !== type) : [...chosen, type]);
  return (
    // It scrolls: a keyboard reaches that by its boxes.
    <div className={styles.types}>
      <Loaded query={query} skeleton={<Blocks count={4} height={36} />}>
        {({ data }) =>
          groupsOf(data).map(([about, types]) => (
            <div key={about} role="group" aria-labelledby={`types-${about}`}>
              <h3 id={`types-${about}`}>{groupNameOf(about)}</h3>
              {types.map(({ type, meaning }) => (
                <label key={type} className={settings.choice}>
                  <input type="checkbox" checked={chosen.includes(type)} onChange={() => toggle(type)} />
                  <span>
                    <span className="mono">{type}</span>
                    <span className="muted small block">{meaning}</span>
                  </span>
                </label>
              ))}
            </div>
          ))
        }
      </Loaded>
    </div>
  );
}

function groupNameOf(about: string): string {
  const key = `settings.webhooks.type_groups.${about}`;
  return has(key) ? t(key) : sentenceOf(about);
}
