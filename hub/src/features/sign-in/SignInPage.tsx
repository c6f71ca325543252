import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { openSession } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { aboutQuery, sessionQuery } from "../../api/queries.ts";
import type { Session } from "../../api/types.ts";
import { Mark } from "../../shell/Mark.tsx";
import { t } from "../../messages.ts";
import { useTitle } from "../../ui/useTitle.ts";
import styles from "./SignInPage.module.css";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { next = "/" } = route.useSearch();
  useTitle(t("sign_in.title"));
  const about = useQuery(aboutQuery).data;
  const [typed, setTyped] = useState<string | null>(null);
  const [isShown, setShown] = useState(false);
  const key = typed ?? about?.sandbox?.api_key ?? "";
  const signIn = useSignIn(next);
  const fault = signIn.error ? faultOf(signIn.error) : null;

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(key.trim());
  };

  return (
    <main className={styles.signIn}>
      <form onSubmit={onSubmit} noValidate>
        <Mark size={40} />
        <h1>{t("sign_in.title")}</h1>
        <p className="muted">{t("sign_in.lead", { partner: about?.partner.name ?? t("product") })}</p>
        <label htmlFor="api-key">{t("sign_in.label")}</label>
        <div className={styles.fieldWithButton}>
          <TextInput
            id="api-key"
            name="api_key"
            classNames={{ root: styles.keyField, input: "mono" }}
            type={isShown || about?.sandbox ? "text" : "password"}
            value={key}
            autoFocus
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            error={fault !== null}
            aria-describedby="api-key-help api-key-fault"
            onChange={(event) => setTyped(event.target.value)}
          />
          {about?.sandbox ? null : (
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
          {about?.sandbox ? t("sign_in.sandbox") : t("sign_in.where")}
        </p>
      </form>
    </main>
  );
}

function useSignIn(next: string) {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: async (key: string): Promise<Session> => {
      if (key === "") throw new ProblemError(401, { title: t("sign_in.empty"), code: "empty" });
      return (await openSession({ body: { api_key: key } })).data;
    },
    async onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session);
      await router.navigate({ href: next, replace: true });
    },
  });
}

function faultOf(error: unknown): string {
  if (!(error instanceof ProblemError)) return t("problem.title");
  if (error.body.code === "empty") return t("sign_in.empty");
  return error.status === 401 ? t("sign_in.wrong") : error.message;
}
