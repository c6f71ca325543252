import { Button } from "@mantine/core";
import { ProblemError } from "../../api/problem-error.ts";
import { useSignInAgain } from "../../shell/useSignOut.ts";
import { t } from "../../messages.ts";
import { Problem } from "../../ui/Problem.tsx";

/** What went wrong with the own sign-in; where a fresh sign-in is asked for, the way to it. */
export function OwnProblem({ error }: { error: unknown }) {
  const signInAgain = useSignInAgain();
  const isStale = error instanceof ProblemError && error.body.code === "sign_in_again";
  return (
    <div className="stack">
      <Problem error={error} />
      {isStale ? (
        <div className="row">
          <Button variant="filled" onClick={() => signInAgain("/settings/security")}>
            {t("settings.security.sign_in_again")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
