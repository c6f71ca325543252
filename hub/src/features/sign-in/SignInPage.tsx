import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { aboutQuery, signInWaysQuery } from "../../api/queries.ts";
import { Mark } from "../../shell/Mark.tsx";
import { t } from "../../messages.ts";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { KeyForm } from "./KeyForm.tsx";
import { FirstAdminForm, InvitationForm } from "./LinkForms.tsx";
import { OtherWays } from "./OtherWays.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import styles from "./SignInPage.module.css";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { next = "/" } = route.useSearch();
  // A link that lets somebody in once has its token behind "#": no browser sends it, no proxy logs it.
  const link = new URLSearchParams(useLocation({ select: ({ hash }) => hash }));
  const [invitation, firstAdmin] = [link.get("invitation"), link.get("first_admin")];
  useTitle(t("sign_in.title"));
  const about = useQuery(aboutQuery).data;
  return (
    <main className={styles.signIn}>
      <div className={styles.card}>
        <Mark size={40} />
        <h1>{t("sign_in.title")}</h1>
        <p className="muted">{t("sign_in.lead", { partner: about?.partner.name ?? t("product") })}</p>
        {invitation !== null ? (
          <InvitationForm token={invitation} />
        ) : firstAdmin !== null ? (
          <FirstAdminForm token={firstAdmin} />
        ) : (
          <Ways next={next} />
        )}
      </div>
    </main>
  );
}

type Form = "key" | "password";

/**
 * The ways that this installation has. The key comes first in the sandbox; elsewhere it stands behind a
 * button, as the password does there. A list of ways that cannot be read leaves the key.
 */
export function Ways({ next }: { next: string }) {
  const about = useQuery(aboutQuery);
  const ways = useQuery(signInWaysQuery);
  const [chosen, setChosen] = useState<Form | null>(null);
  if (about.isPending || ways.isPending) return <Blocks count={3} height={42} />;
  const sandboxKey = about.data?.sandbox?.api_key ?? undefined;
  const key = <KeyForm next={next} sandboxKey={sandboxKey} />;
  if (ways.data === undefined) return key;
  const { oidc, passkey, password } = ways.data;
  const hasOthers = oidc.length > 0 || passkey;
  const shown =
    chosen ?? firstFormOf({ isSandbox: sandboxKey !== undefined, hasPassword: password, hasOthers });
  return (
    <>
      {shown === "key" ? key : shown === "password" ? <PasswordForm next={next} /> : null}
      {shown !== null && hasOthers ? <p className={styles.or}>{t("sign_in.or")}</p> : null}
      {hasOthers ? <OtherWays ways={ways.data} next={next} /> : null}
      {password && shown !== "password" ? (
        <Button variant="subtle" onClick={() => setChosen("password")}>
          {t("sign_in.with_password")}
        </Button>
      ) : null}
      {shown === "key" ? null : (
        <Button variant="subtle" onClick={() => setChosen("key")}>
          {t("sign_in.with_key")}
        </Button>
      )}
    </>
  );
}

function firstFormOf(of: { isSandbox: boolean; hasPassword: boolean; hasOthers: boolean }): Form | null {
  if (of.isSandbox) return "key";
  if (of.hasPassword) return "password";
  return of.hasOthers ? null : "key";
}
