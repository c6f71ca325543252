import { useQuery } from "@tanstack/react-query";
import type { ComponentProps } from "react";
import { sessionQuery } from "../api/queries.ts";
import { t } from "../messages.ts";
import { Icon } from "../ui/icons.tsx";
import navigation from "./navigation.module.css";
import styles from "./AccountButton.module.css";

/** Opens the account's menu. Shown by itself until the code of the menu has come. */
export function AccountButton(props: ComponentProps<"button">) {
  const session = useQuery(sessionQuery).data;
  return (
    <button type="button" {...props} className={navigation.navLink}>
      <Icon name="person" />
      <span className={`nav-word ${styles.wideWord}`}>{session?.actor.name ?? t("nav.menu")}</span>
      <span className={`nav-word ${styles.narrowWord}`}>{t("nav.menu")}</span>
    </button>
  );
}
