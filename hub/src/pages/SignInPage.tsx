import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { api, ProblemError } from "../api/client.ts";
import { aboutQuery, sessionQuery } from "../api/queries.ts";
import type { Session } from "../api/types.ts";
import { Mark } from "../shell/Mark.tsx";
import { texts } from "../texts.ts";
import { useTitle } from "../ui/useTitle.ts";

export function SignInPage({ next }: { next: string }) {
  useTitle(texts.signIn.title);
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
    <main className="sign-in">
      <form onSubmit={onSubmit} noValidate>
        <Mark size={40} />
        <h1>{texts.signIn.title}</h1>
        <p className="muted">{texts.signIn.lead(about?.partner.name ?? texts.product)}</p>
        <label htmlFor="api-key">{texts.signIn.label}</label>
        <div className="field-with-button">
          <input
            id="api-key"
            name="api_key"
            className="input mono"
            type={isShown || about?.sandbox ? "text" : "password"}
            value={key}
            autoFocus
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-invalid={fault !== null}
            aria-describedby="api-key-help api-key-fault"
            onChange={(event) => setTyped(event.target.value)}
          />
          {about?.sandbox ? null : (
            <button
              type="button"
              className="button"
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
            >
              {isShown ? texts.signIn.hide : texts.signIn.show}
            </button>
          )}
        </div>
        <p id="api-key-fault" className="fault" role="alert">
          {fault}
        </p>
        <button type="submit" className="button" data-primary aria-disabled={signIn.isPending}>
          {signIn.isPending ? texts.signIn.working : texts.signIn.submit}
        </button>
        <p id="api-key-help" className="muted small">
          {about?.sandbox ? texts.signIn.sandbox : texts.signIn.where}
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
      if (key === "") throw new ProblemError(401, { title: texts.signIn.empty, code: "empty" });
      return api.post<Session>("/session", { api_key: key });
    },
    async onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session);
      await router.navigate({ href: next, replace: true });
    },
  });
}

function faultOf(error: unknown): string {
  if (!(error instanceof ProblemError)) return texts.problem.title;
  if (error.body.code === "empty") return texts.signIn.empty;
  return error.status === 401 ? texts.signIn.wrong : error.message;
}
