import { Button } from "@mantine/core";
import { type ErrorComponentProps } from "@tanstack/react-router";
import { ProblemError } from "../api/problem-error.ts";
import { t } from "../messages.ts";
import { LinkButton } from "./LinkButton.tsx";
import { Problem, Empty } from "./Problem.tsx";
import { useTitle } from "./useTitle.ts";

/** The page or its object does not exist. */
export function NotFoundPage({
  title = t("problem.not_found_title"),
  detail = t("problem.not_found_detail"),
}: {
  title?: string;
  detail?: string;
}) {
  useTitle(title);
  return (
    <div className="page page-alone">
      <Empty level="h1" title={title} detail={detail}>
        <LinkButton to="/" variant="filled">
          {t("problem.to_overview")}
        </LinkButton>
        <LinkButton to="/wabas">{t("problem.to_wabas")}</LinkButton>
      </Empty>
    </div>
  );
}

/** The server did not answer, or our own code threw. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const isProblem = error instanceof ProblemError;
  useTitle(t("problem.crashed_title"));
  return (
    <div className="page page-alone">
      {isProblem ? (
        <Problem error={error} onRetry={() => window.location.reload()} />
      ) : (
        <Empty level="h1" title={t("problem.crashed_title")} detail={t("problem.crashed_detail")}>
          <pre className="evidence">{error instanceof Error ? error.message : String(error)}</pre>
          <Button
            variant="filled"
            onClick={() => {
              reset();
              window.location.reload();
            }}
          >
            {t("problem.reload")}
          </Button>
        </Empty>
      )}
    </div>
  );
}

/** The page of one thing could not be loaded: absent, forbidden, or a failure to try again. */
export function LoadFailure({
  error,
  onRetry,
  absentTitle,
  absentDetail,
}: {
  error: unknown;
  onRetry: () => void;
  absentTitle: string;
  absentDetail: string;
}) {
  if (error instanceof ProblemError && (error.status === 404 || error.status === 400)) {
    return <NotFoundPage title={absentTitle} detail={absentDetail} />;
  }
  return (
    <div className="page">
      <Problem error={error} onRetry={onRetry} />
    </div>
  );
}
