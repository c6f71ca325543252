import { Link, type ErrorComponentProps } from "@tanstack/react-router";
import { ProblemError } from "../api/client.ts";
import { texts } from "../texts.ts";
import { Problem, Empty } from "../ui/Problem.tsx";
import { useTitle } from "../ui/useTitle.ts";

/** The page or its object does not exist. */
export function NotFoundPage({
  title = texts.problem.notFoundTitle,
  detail = texts.problem.notFoundDetail,
}: {
  title?: string;
  detail?: string;
}) {
  useTitle(title);
  return (
    <div className="page page-alone">
      <Empty level="h1" title={title} detail={detail}>
        <Link to="/" className="button" data-primary>
          {texts.problem.toOverview}
        </Link>
        <Link to="/wabas" className="button">
          {texts.problem.toWabas}
        </Link>
      </Empty>
    </div>
  );
}

/** The server did not answer, or our own code threw. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const isProblem = error instanceof ProblemError;
  useTitle(texts.problem.crashedTitle);
  return (
    <div className="page page-alone">
      {isProblem ? (
        <Problem error={error} onRetry={() => window.location.reload()} />
      ) : (
        <Empty level="h1" title={texts.problem.crashedTitle} detail={texts.problem.crashedDetail}>
          <pre className="evidence">{error instanceof Error ? error.message : String(error)}</pre>
          <button
            type="button"
            className="button"
            data-primary
            onClick={() => {
              reset();
              window.location.reload();
            }}
          >
            {texts.problem.reload}
          </button>
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
