import { Name, OwnName, Phone } from "../../ui/Name.tsx";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { canSendQuery, numberQuery } from "../../api/queries.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { phoneOf, type NumberPage as NumberShape } from "../../api/types.ts";
import { reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Lamp, WabaStatus } from "../../ui/Lamp.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks, PageSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { LoadFailure } from "../../ui/Failures.tsx";
import { CommercePanel } from "./CommercePanel.tsx";
import { KeysPanel } from "./KeysPanel.tsx";
import { ProfilePanel } from "./ProfilePanel.tsx";
import styles from "./NumberPage.module.css";

const route = getRouteApi("/shell/numbers/$numberId");

/** The WABA Management App of one number. */
export function NumberPage() {
  const { numberId: id } = route.useParams();
  const query = useQuery(numberQuery(id));
  const number = query.data;
  // A person who may not create keys may not read them either.
  const mayAct = useMayAct("admin");
  useTitle(number ? phoneOf(number) : t("number.title"));
  if (!number) {
    if (!query.error) return <PageSkeleton blocks={2} height={220} />;
    return (
      <LoadFailure
        error={query.error}
        onRetry={() => void query.refetch()}
        absentTitle={t("problem.no_number", { id })}
        absentDetail={t("problem.no_number_detail")}
      />
    );
  }
  return (
    <div className="page">
      <NumberHead number={number} />
      <div className="columns">
        <div className="column-main">
          <CommercePanel number={number} />
          {mayAct ? <KeysPanel numberId={number.id} /> : null}
        </div>
        <div className={styles.columnSide}>
          <SendingPanel number={number} />
          <ProfilePanel number={number} />
        </div>
      </div>
    </div>
  );
}

function NumberHead({ number }: { number: NumberShape }) {
  return (
    <>
      <div className="breadcrumb">
        <Link to="/wabas/$wabaId" params={{ wabaId: number.waba.id }} className="crumb">
          <Icon name="left" size={14} />
          <Name>{number.waba.client.name}</Name>
          <OwnName name={number.waba.name} of={number.waba.client.name} />
        </Link>
      </div>
      <header className="waba-head" data-lamp={number.waba.lamp}>
        <div className="waba-head-text">
          <span className={styles.eyebrow}>{t("number.title")}</span>
          <h1>
            <Phone of={number} />
          </h1>
          <p className="waba-sub">
            {number.verified_name ? (
              <>
                <Name>{number.verified_name}</Name> <span aria-hidden="true">·</span>{" "}
              </>
            ) : null}
            <CopyId value={number.phone_number_id} what={t("copied_things.phone_number_id")} />
          </p>
        </div>
        <Link
          to="/wabas/$wabaId"
          params={{ wabaId: number.waba.id }}
          className={`waba-actions ${styles.statusLink}`}
        >
          <WabaStatus waba={number.waba} size={18} />
        </Link>
      </header>
    </>
  );
}

function SendingPanel({ number }: { number: NumberShape }) {
  const query = useQuery(canSendQuery(number.id));
  const answer = query.data;
  return (
    <section className="panel" aria-labelledby="sending-title">
      <h2 id="sending-title">{t("number.sending")}</h2>
      {answer ? (
        <div className={styles.sending}>
          <Lamp lamp={answer.can_send ? "green" : number.lamp === "green" ? "grey" : number.lamp} size={18} />
          <div>
            <p className="strong">{answer.can_send ? t("number.sending_yes") : t("number.sending_no")}</p>
            {answer.can_send ? null : (
              <p>
                {reasonLabelOf(answer.reason)}
                {answer.since ? (
                  <>
                    {" · "}
                    {t("since").toLowerCase()} <RelativeTime at={answer.since} focusable />
                  </>
                ) : null}
              </p>
            )}
            <p className="muted small">
              {t("number.as_of")} <RelativeTime at={answer.as_of} focusable />
            </p>
          </div>
        </div>
      ) : query.error ? (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Blocks count={1} height={48} />
      )}
    </section>
  );
}
