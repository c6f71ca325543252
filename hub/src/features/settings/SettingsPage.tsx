import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { useMayActOnAll } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { SettingsTabs } from "./SettingsTabs.tsx";

/** A page of the settings that everybody may open. */
export function SettingsPage({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <div className="page">
      <SettingsTabs />
      {children}
    </div>
  );
}

/** A page of the settings for administrators. */
export const AdminPage = (props: { title: string; children: ReactNode }) => (
  <SettingsPage title={props.title}>
    <Only for="admin">{props.children}</Only>
  </SettingsPage>
);

/**
 * What this role may see. Nobody with a lesser one is offered anything of it, and it asks nothing.
 * `otherwise` frames what stands there instead.
 */
export function Only(props: {
  for: "operator" | "admin";
  otherwise?: (content: ReactNode) => ReactNode;
  children: ReactNode;
}) {
  const isKnown = useQuery(sessionQuery).data !== undefined;
  const mayAct = useMayActOnAll(props.for);
  if (mayAct) return props.children;
  const content = isKnown ? <NotForYou to={props.for} /> : <Blocks count={4} height={44} />;
  return props.otherwise?.(content) ?? content;
}

const NotForYou = ({ to: role }: { to: "operator" | "admin" }) => (
  <Empty title={t("problem.forbidden_title")} detail={t(`settings.${role}_only`)}>
    <LinkButton to="/settings/security">{t("settings.security.title")}</LinkButton>
  </Empty>
);

/** One thing of a settings page, under its own title. */
export function SettingsPanel(props: {
  id: string;
  title: string;
  lead?: string | undefined;
  /** The first thing to do. */
  act?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className="panel" aria-labelledby={props.id}>
      <div className="section-head">
        <div>
          <h2 id={props.id}>{props.title}</h2>
          {props.lead === undefined ? null : <p className="muted small">{props.lead}</p>}
        </div>
        {props.act}
      </div>
      {props.children}
    </section>
  );
}
