import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMayActOnAll } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import styles from "./settings.module.css";

/** The title of the settings with the way to each page that this person's role may open. */
export function SettingsTabs() {
  const isAdmin = useMayActOnAll("admin");
  const isOperator = useMayActOnAll("operator");
  const tabs = useRef<HTMLElement>(null);
  // A phone shows some of them only: the current one must be among these.
  useEffect(() => {
    const bar = tabs.current;
    const current = bar?.querySelector<HTMLElement>("[aria-current=page]");
    if (!bar || !current) return;
    bar.scrollLeft = current.offsetLeft - bar.offsetLeft + current.offsetWidth - bar.clientWidth;
  }, [isAdmin, isOperator]);
  return (
    <>
      <div className="page-head">
        <h1>{t("settings.title")}</h1>
      </div>
      <nav ref={tabs} className={styles.tabs} aria-label={t("settings.title")}>
        {isAdmin ? (
          <>
            <Link to="/settings/people">{t("settings.people.title")}</Link>
            <Link to="/settings/api-keys" activeOptions={{ includeSearch: false }}>
              {t("settings.api_keys.title")}
            </Link>
          </>
        ) : null}
        {isOperator ? (
          <>
            <Link to="/settings/alert-channels">{t("settings.alert_channels")}</Link>
            <Link to="/settings/alert-routes">{t("settings.alert_routes")}</Link>
            <Link to="/settings/webhooks">{t("settings.webhooks.title")}</Link>
          </>
        ) : null}
        {isAdmin ? (
          <Link to="/settings/audit" activeOptions={{ includeSearch: false }}>
            {t("settings.audit.title")}
          </Link>
        ) : null}
        <Link to="/settings/security">{t("settings.security.title")}</Link>
        <Link to="/settings/sessions">{t("settings.sessions.title")}</Link>
      </nav>
    </>
  );
}
