import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { acceptInvitation, claimFirstAdmin } from "../../api/generated/sdk.gen.ts";
import type { Session } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { faultOf } from "./PasswordForm.tsx";
import { useSignIn } from "./useSignIn.ts";
import styles from "./SignInPage.module.css";

const PASSWORD_LENGTH = 12;

/** Somebody was invited: shows for whom the link is, and asks for a password. */
export function InvitationForm({ token }: { token: string }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const invited = useQuery({
    queryKey: ["invitation", token],
    queryFn: async () => (await acceptInvitation({ body: { token } })).data.invited,
    staleTime: Infinity,
    retry: false,
  });
  const accept = useSignIn<void>("/", async () => {
    const totp = code.trim();
    const { data } = await acceptInvitation({ body: { token, password, ...(totp !== "" && { totp }) } });
    return sessionOf(data.session);
  });
  if (invited.error) return <Problem error={invited.error} />;
  if (invited.data === undefined) return <Blocks count={3} height={42} />;
  const { name, email, role, needs_totp } = invited.data;
  return (
    <LinkForm signIn={accept} submit={t("sign_in.accept")}>
      <p>{t("sign_in.invited", { name, email, role })}</p>
      <NewPassword email={email} value={password} onChange={setPassword} />
      {needs_totp ? <CodeField value={code} onChange={setCode} /> : null}
    </LinkForm>
  );
}

/** The link that the server printed at its first start. */
export function FirstAdminForm({ token }: { token: string }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const claim = useSignIn<void>(
    "/",
    async () => (await claimFirstAdmin({ body: { token, name, email, password } })).data,
  );
  return (
    <LinkForm signIn={claim} submit={t("sign_in.claim")}>
      <p>{t("sign_in.first_admin")}</p>
      <TextInput
        label={t("sign_in.name")}
        value={name}
        required
        withAsterisk={false}
        autoFocus
        autoComplete="name"
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
      <TextInput
        label={t("sign_in.email")}
        type="email"
        value={email}
        required
        withAsterisk={false}
        autoComplete="username"
        onChange={(event) => setEmail(event.target.value)}
      />
      <NewPassword value={password} onChange={setPassword} />
    </LinkForm>
  );
}

function LinkForm(props: {
  signIn: ReturnType<typeof useSignIn<void>>;
  submit: string;
  children: ReactNode;
}) {
  const { signIn } = props;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };
  return (
    <form className={styles.linkForm} onSubmit={onSubmit}>
      {props.children}
      <p className={styles.fault} role="alert">
        {signIn.error ? faultOf(signIn.error) : null}
      </p>
      <Button type="submit" variant="filled" aria-disabled={signIn.isPending}>
        {signIn.isPending ? t("sign_in.working") : props.submit}
      </Button>
    </form>
  );
}

/** `email` goes along unseen, so that a password manager keeps the password under it. */
function NewPassword(props: { email?: string; value: string; onChange: (value: string) => void }) {
  return (
    <>
      {props.email === undefined ? null : (
        <input type="email" value={props.email} autoComplete="username" readOnly hidden />
      )}
      <PasswordInput
        label={t("sign_in.new_password")}
        description={t("sign_in.new_password_help", { length: PASSWORD_LENGTH })}
        value={props.value}
        required
        withAsterisk={false}
        minLength={PASSWORD_LENGTH}
        autoComplete="new-password"
        onChange={(event) => props.onChange(event.target.value)}
      />
    </>
  );
}

function CodeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextInput
      label={t("sign_in.code")}
      description={t("sign_in.code_help")}
      value={value}
      required
      withAsterisk={false}
      autoComplete="one-time-code"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** The API opens a session whenever a password was sent. */
function sessionOf(session: Session | null): Session {
  if (session === null) throw new Error("no session was opened");
  return session;
}
