import { Sentence } from "../../ui/Sentence.tsx";
import { phoneOf, type Lamp as LampColour, type Waba } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import styles from "./waba.module.css";

type Check = Waba["setup_checks"][number];

const LAMPS: Record<Check["verdict"], LampColour> = { yes: "green", no: "amber", unknown: "grey" };

/**
 * What else must be in order to send messages, and who must act. A setup issue is never red: the WABA is
 * shared.
 */
export function Working({ waba }: { waba: Waba }) {
  // An event of an earlier version has no list.
  const checks = waba.setup_checks ?? [];
  if (checks.length === 0) return null;
  const issueCount = checks.filter(({ verdict }) => verdict === "no").length;
  return (
    <section id="working" className="panel" aria-labelledby="working-title">
      <div className="section-head">
        <h2 id="working-title">{t("waba.setup")}</h2>
        <p className="muted small">
          {issueCount === 0 ? t("waba.setup_lead") : t("waba.setup_issues", { issues: issueCount })}
        </p>
      </div>
      <ul>
        {checks.map((check, index) => (
          <CheckRow key={`${check.check}-${check.number_id ?? ""}-${index}`} check={check} waba={waba} />
        ))}
      </ul>
    </section>
  );
}

function CheckRow({ check, waba }: { check: Check; waba: Waba }) {
  const number = waba.numbers.find(({ id }) => id === check.number_id);
  return (
    <li
      className={`${styles.condition} ${styles.workingCheck}`}
      data-check={check.check}
      data-verdict={check.verdict}
    >
      <Lamp lamp={LAMPS[check.verdict]} />
      <div className={styles.conditionText}>
        <span className={styles.conditionTitle}>
          {check.title}
          {number ? <span className="muted phone"> · {phoneOf(number)}</span> : null}
          <span className="vh">: {labelOf("setup_verdict", check.verdict)}</span>
        </span>
        {check.verdict === "yes" ? null : (
          <p>
            <Sentence>{check.text}</Sentence>
          </p>
        )}
      </div>
      <span className={`muted small ${styles.conditionProof}`}>
        {check.verdict === "yes" ? (
          <Sentence>{check.text}</Sentence>
        ) : check.who_must_act === "nobody" ? null : (
          <>
            {t("waba.repairs")} <b>{labelOf("who_must_act", check.who_must_act)}</b>
          </>
        )}
      </span>
      {check.href ? (
        <a className="text-button" href={check.href} target="_blank" rel="noopener noreferrer">
          {t("waba.open_step")}
          <span className="vh">
            {" "}
            {check.title} {t("opens_new_tab")}
          </span>
          <Icon name="external" size={12} />
        </a>
      ) : null}
    </li>
  );
}
