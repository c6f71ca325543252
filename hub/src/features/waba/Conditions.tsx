import { Badge } from "@mantine/core";
import { Sentence } from "../../ui/Sentence.tsx";
import { phoneOf, type Condition, type Lamp as LampColour, type Waba } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Lamp, lampOfTruth } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { listOf } from "../../shell/search.ts";
import shared from "./waba.module.css";
import styles from "./Conditions.module.css";

export interface Panels {
  /** The ids of the open panels, comma separated, as in the address. */
  open: string | undefined;
  onToggle: (panel: string) => void;
}

const SUMMARY = "Ready";

/** A checklist: each condition with its last proof; the constants and the source are one click away. */
export function Conditions({ waba, open, onToggle }: { waba: Waba } & Panels) {
  const ofNumbers = waba.numbers.flatMap((number) =>
    number.conditions.map((condition) => ({
      condition,
      key: `${condition.type}-${number.id}`,
      of: phoneOf(number),
    })),
  );
  const ofWaba = waba.conditions.map((condition) => ({ condition, key: condition.type, of: undefined }));
  // The summary comes last.
  const all = [
    ...ofWaba.filter(({ condition }) => condition.type !== SUMMARY),
    ...ofNumbers,
    ...ofWaba.filter(({ condition }) => condition.type === SUMMARY),
  ];
  const said = new Set<string>();
  const opened = listOf(open);
  return (
    <section className="panel" aria-labelledby="conditions-title">
      <div className="section-head">
        <h2 id="conditions-title">{t("waba.conditions")}</h2>
        <p className="muted small">{t("waba.conditions_lead")}</p>
      </div>
      <ul>
        {all.map(({ condition, key, of }) => {
          const message = condition.status === "True" || said.has(condition.message) ? "" : condition.message;
          said.add(condition.message);
          return (
            <ConditionRow
              key={key}
              condition={condition}
              message={message}
              of={of}
              isOpen={opened.includes(key)}
              onToggle={() => onToggle(key)}
            />
          );
        })}
      </ul>
    </section>
  );
}

function ConditionRow({
  condition,
  message,
  of,
  isOpen,
  onToggle,
}: {
  condition: Condition;
  /** Empty where the condition is true, or where a row above says the same. */
  message: string;
  of: string | undefined;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const panelId = `why-${condition.type}-${of ?? ""}`.replaceAll(/[^\w-]/g, "");
  const title = labelOf("condition", condition.type, condition.type);
  return (
    <li className={shared.condition} data-status={condition.status} data-required={condition.required}>
      <Lamp lamp={lampOf(condition)} />
      <div className={shared.conditionText}>
        <span className={shared.conditionTitle}>
          {title}
          {of ? (
            <span className="muted">
              {" · "}
              <bdi className="phone">{of}</bdi>
            </span>
          ) : null}
          {condition.required || condition.type === SUMMARY ? null : (
            <Badge component="span">{t("waba.optional")}</Badge>
          )}
          <span className="vh">: {labelOf("condition_status", condition.status)}</span>
        </span>
        {message ? (
          <p>
            <Sentence>{message}</Sentence>
          </p>
        ) : null}
      </div>
      <span className={`muted small ${shared.conditionProof}`}>
        {condition.last_probe_at ? (
          <>
            {t("waba.last_proof")} <RelativeTime at={condition.last_probe_at} />
          </>
        ) : condition.type === SUMMARY ? null : (
          t("waba.not_asked")
        )}
      </span>
      <button
        type="button"
        className="text-button"
        aria-expanded={isOpen}
        aria-controls={panelId}
        aria-label={`${t("waba.why")} ${title}${of ? ` ${of}` : ""}`}
        onClick={onToggle}
      >
        {t("waba.why")}
      </button>
      {isOpen ? <Why id={panelId} condition={condition} /> : null}
    </li>
  );
}

/** What is not required only warns; `Ready` sums the others up, so it is as red as they are. */
function lampOf(condition: Condition): LampColour {
  const isWarning = condition.status === "False" && !condition.required && condition.type !== SUMMARY;
  return isWarning ? "amber" : lampOfTruth(condition.status);
}

function Why({ id, condition }: { id: string; condition: Condition }) {
  return (
    <div id={id} className={styles.why}>
      <p>
        <Sentence>{condition.message || reasonLabelOf(condition.reason)}</Sentence>
      </p>
      <dl>
        <div>
          <dt>{t("waba.reason")}</dt>
          <dd className="mono">
            {condition.type}={condition.status} {condition.reason}
          </dd>
        </div>
        <div>
          <dt>{t("waba.source")}</dt>
          <dd>{labelOf("source", condition.source)}</dd>
        </div>
        <div>
          <dt>{t("waba.changed")}</dt>
          <dd>
            <RelativeTime at={condition.last_transition_at} focusable />
          </dd>
        </div>
        <div>
          <dt>{t("waba.asked")}</dt>
          <dd>
            <RelativeTime at={condition.last_probe_at} focusable />
          </dd>
        </div>
      </dl>
    </div>
  );
}
