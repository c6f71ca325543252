import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { openSession } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import type { Session } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { useSignIn } from "./useSignIn.ts";
import styles from "./SignInPage.module.css";

interface Given {
  email: string;
  password: string;
  totp?: string;
}

/** E-mail address and password; the code is asked for once the API has found the password right. */
export function PasswordForm({ next }: { next: string }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [isCodeAsked, setCodeAsked] = useState(false);
  const signIn = useSignIn<Given>(next, openWithPassword);
  const fault = signIn.error && !needsCode(signIn.error) ? faultOf(signIn.error) : null;

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (signIn.isPending) return;
    const given = { email: email.trim(), password, ...(isCodeAsked && { totp: code.trim() }) };
    signIn.mutate(given, { onError: (error) => needsCode(error) && setCodeAsked(true) });
  };

  return (
    <form onSubmit={onSubmit}>
      <label htmlFor="email">{t("sign_in.email")}</label>
      <TextInput
        id="email"
        type="email"
        value={email}
        required
        autoFocus
        autoComplete="username"
        onChange={(event) => setEmail(event.target.value)}
      />
      <label htmlFor="password">{t("sign_in.password")}</label>
      <PasswordInput
        id="password"
        value={password}
        required
        autoComplete="current-password"
        onChange={(event) => setPassword(event.target.value)}
      />
      {isCodeAsked ? (
        <>
          <label htmlFor="code">{t("sign_in.code")}</label>
          <TextInput
            id="code"
            value={code}
            required
            autoFocus
            autoComplete="one-time-code"
            description={t("sign_in.code_help")}
            onChange={(event) => setCode(event.target.value)}
          />
        </>
      ) : null}
      <p className={styles.fault} role="alert">
        {fault}
      </p>
      <Button type="submit" variant="filled" aria-disabled={signIn.isPending}>
        {signIn.isPending ? t("sign_in.working") : t("sign_in.submit")}
      </Button>
    </form>
  );
}

const openWithPassword = async (body: Given): Promise<Session> => (await openSession({ body })).data;

const needsCode = (error: unknown): boolean =>
  error instanceof ProblemError && error.body.code === "totp_needed";

/** What the API said, as a form shows it. */
export const faultOf = (error: Error): string =>
  error instanceof ProblemError ? (error.body.detail ?? error.message) : t("problem.title");
