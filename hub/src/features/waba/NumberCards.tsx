import { LinkButton } from "../../ui/LinkButton.tsx";
import { Name, Phone } from "../../ui/Name.tsx";
import { type Waba, type WabaNumber } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { AppLink } from "./AppLink.tsx";
import { RecoveryPanel } from "./RecoveryPanel.tsx";
import { RegisterNumber } from "./RegisterNumber.tsx";
import styles from "./NumberCards.module.css";

export function NumberCards({ waba }: { waba: Waba }) {
  return (
    <section className="panel" aria-labelledby="numbers-title">
      <div className="section-head">
        <h2 id="numbers-title">
          {t("waba.numbers")} <span className="count">{waba.numbers.length}</span>
        </h2>
      </div>
      {waba.numbers.length === 0 ? <NoNumbers waba={waba} /> : null}
      <ul className={styles.numbers}>
        {waba.numbers.map((number) => (
          <NumberCard key={number.id} number={number} waba={waba} />
        ))}
      </ul>
    </section>
  );
}

/**
 * Meta shows no numbers of a WABA that was lost before we adopted it. The WABA itself then shows the support
 * text.
 */
function NoNumbers({ waba }: { waba: Waba }) {
  // "None" is shown only where Meta answered with a complete, empty list (field case 12).
  const isNone = waba.setup_checks.some(({ check, verdict }) => check === "number" && verdict === "no");
  if (waba.hub_error === null)
    return <p className="muted">{isNone ? t("waba.no_numbers") : t("waba.none_known")}</p>;
  return (
    <div className="loss">
      <p className="loss-text">{waba.hub_error}</p>
      <p>{t("waba.numbers_unknown")}</p>
      {waba.recovery?.methods.length ? <RecoveryLink /> : null}
    </div>
  );
}

const RecoveryLink = () => (
  <a href="#recovery" className={styles.lossLink}>
    {t("waba.to_recovery")}
  </a>
);

function NumberCard({ number, waba }: { number: WabaNumber; waba: Waba }) {
  return (
    <li data-part="number" className={styles.number} data-lamp={number.lamp}>
      <div className={styles.numberHead}>
        <Lamp lamp={number.lamp} size={18} />
        <div className={styles.numberText}>
          <span className={styles.numberPhone}>
            <Phone of={number} />
          </span>
          <span className="muted small">
            {number.verified_name ? (
              <>
                <Name>{number.verified_name}</Name>
                {" · "}
              </>
            ) : null}
            {number.can_send ? t("waba.can_send") : t("waba.cannot_send")}
          </span>
        </div>
        <CopyId value={number.phone_number_id} what={t("copied_things.phone_number_id")} />
        <LinkButton to="/numbers/$numberId" params={{ numberId: number.id }} className={styles.numberApp}>
          {t("waba.app")}
          <Icon name="right" size={14} />
        </LinkButton>
      </div>
      {number.hub_error || (number.lamp === "red" && !number.can_send) ? (
        <Loss number={number} waba={waba} />
      ) : null}
      <AppLink number={number} />
      {number.recovery && number.recovery.methods.length > 0 ? (
        <RecoveryPanel
          id={`recovery-${number.id}`}
          recovery={number.recovery}
          actOf={({ method }) =>
            method === "register_number" ? <RegisterNumber waba={waba} number={number} /> : null
          }
        />
      ) : null}
    </li>
  );
}

/** The text that support knows, then cause, since when and who must act. */
function Loss({ number, waba }: { number: WabaNumber; waba: Waba }) {
  return (
    <div className="loss">
      {number.hub_error ? <p className="loss-text">{number.hub_error}</p> : null}
      <dl className="loss-facts">
        <div>
          <dt>{t("waba.cause")}</dt>
          <dd>{reasonLabelOf(number.reason ?? waba.reason)}</dd>
        </div>
        <div>
          <dt>{t("since")}</dt>
          <dd>
            <RelativeTime at={number.since ?? waba.since} focusable />
          </dd>
        </div>
        <div>
          <dt>{t("waba.who")}</dt>
          <dd>{labelOf("who_must_act", number.who_must_act ?? waba.who_must_act)}</dd>
        </div>
      </dl>
      {waba.recovery?.methods.length && !number.recovery ? <RecoveryLink /> : null}
    </div>
  );
}
