import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { openSession } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import type { Session } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { useSignIn } from "./useSignIn.ts";
import styles from "./SignInPage.module.css";

/** `sandboxKey`: the key of the sandbox, which is filled in and readable. */
export function KeyForm({ next, sandboxKey }: { next: string; sandboxKey: string | undefined }) {
  const [typed, setTyped] = useState<string | null>(null);
  const [isShown, setShown] = useState(false);
  const key = typed ?? sandboxKey ?? "";
  const signIn = useSignIn(next, openWithKey);
  const fault = signIn.error ? faultOf(signIn.error) : null;
  const isSandbox = sandboxKey !== undefined;

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(key.trim());
  };

  return (
    <form onSubmit={onSubmit} noValidate>
      <label htmlFor="api-key">{t("sign_in.label")}</label>
      <div className={styles.fieldWithButton}>
        <TextInput
          id="api-key"
          name="api_key"
          classNames={{ root: styles.keyField, input: "mono" }}
          type={isShown || isSandbox ? "text" : "password"}
          value={key}
          autoFocus
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          error={fault !== null}
          aria-describedby="api-key-help api-key-fault"
          onChange={(event) => setTyped(event.target.value)}
        />
        {isSandbox ? null : (
          <Button aria-pressed={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? t("sign_in.hide") : t("sign_in.show")}
          </Button>
        )}
      </div>
      <p id="api-key-fault" className={styles.fault} role="alert">
        {fault}
      </p>
      <Button type="submit" variant="filled" aria-disabled={signIn.isPending}>
        {signIn.isPending ? t("sign_in.working") : t("sign_in.submit")}
      </Button>
      <p id="api-key-help" className="muted small">
        {isSandbox ? t("sign_in.sandbox") : t("sign_in.where")}
      </p>
    </form>
  );
}

async function openWithKey(key: string): Promise<Session> {
  if (key === "") throw new ProblemError(401, { title: t("sign_in.empty"), code: "empty" });
  return (await openSession({ body: { api_key: key } })).data;
}

function faultOf(error: unknown): string {
  if (!(error instanceof ProblemError)) return t("problem.title");
  if (error.body.code === "empty") return t("sign_in.empty");
  return error.status === 401 ? t("sign_in.wrong") : error.message;
}
