import { Button } from "@mantine/core";
import { Sentence } from "./Sentence.tsx";
import type { ReactNode } from "react";
import { ProblemError } from "../api/problem-error.ts";
import { t } from "../messages.ts";
import { CopyId } from "./Copy.tsx";
import { Lamp } from "./Lamp.tsx";
import styles from "./Problem.module.css";

/** Whether somebody else has edited the same thing since it was loaded (`If-Match`). */
export const isChangedMeanwhile = (error: unknown): boolean =>
  error instanceof ProblemError && error.body.code === "changed_meanwhile";

/** A colleague's edit came first: what was typed is not saved. */
export const ChangedMeanwhile = ({ onReload }: { onReload: () => void }) => (
  <div className="problem" role="alert">
    <Lamp lamp="red" />
    <div>
      <p className="problem-title">{t("problem.changed_title")}</p>
      <p>{t("problem.changed_detail")}</p>
      <Button onClick={onReload}>{t("problem.changed_reload")}</Button>
    </div>
  </div>
);

/** What did not work, why, and what to do. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const body = error instanceof ProblemError ? error.body : {};
  const isForbidden = error instanceof ProblemError && error.status === 403;
  const title = body.title ?? (isForbidden ? t("problem.forbidden_title") : t("problem.title"));
  const detail = body.detail ?? (isForbidden ? t("problem.forbidden_detail") : undefined);
  return (
    <div className="problem" role="alert">
      <Lamp lamp="red" />
      <div>
        <p className="problem-title">{title}</p>
        {detail && detail !== title ? (
          <p>
            <Sentence>{detail}</Sentence>
          </p>
        ) : null}
        {body.request_id ? (
          <p className="muted small">
            {t("problem.request")} <CopyId value={body.request_id} what={t("copied_things.request_id")} />
          </p>
        ) : null}
        {onRetry && !isForbidden ? <Button onClick={onRetry}>{t("retry")}</Button> : null}
      </div>
    </div>
  );
}

/** An empty page, with a next step. */
export function Empty(props: {
  title: string;
  detail?: string;
  /** "h1" where this is the whole page. */
  level?: "h1" | "h2";
  children?: ReactNode;
}) {
  const { title, detail, level: Heading = "h2", children } = props;
  return (
    <div className={styles.empty}>
      <Heading className={styles.emptyTitle}>{title}</Heading>
      {detail ? <p>{detail}</p> : null}
      {children ? <div className="row">{children}</div> : null}
    </div>
  );
}
