import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { aboutQuery, signInWaysQuery } from "../../api/queries.ts";
import { Mark } from "../../shell/Mark.tsx";
import { t } from "../../messages.ts";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { KeyForm } from "./KeyForm.tsx";
import { OtherWays } from "./OtherWays.tsx";
import styles from "./SignInPage.module.css";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { next = "/" } = route.useSearch();
  useTitle(t("sign_in.title"));
  const about = useQuery(aboutQuery).data;
  return (
    <main className={styles.signIn}>
      <div className={styles.card}>
        <Mark size={40} />
        <h1>{t("sign_in.title")}</h1>
        <p className="muted">{t("sign_in.lead", { partner: about?.partner.name ?? t("product") })}</p>
        <Ways next={next} />
      </div>
    </main>
  );
}

/**
 * The ways that this installation has. The key comes first in the sandbox and where nobody can sign in
 * otherwise; elsewhere it stands behind a button. A list of ways that cannot be read leaves the key.
 */
export function Ways({ next }: { next: string }) {
  const about = useQuery(aboutQuery);
  const ways = useQuery(signInWaysQuery);
  const [isKeyAsked, setKeyAsked] = useState(false);
  if (about.isPending || ways.isPending) return <Blocks count={3} height={42} />;
  const sandboxKey = about.data?.sandbox?.api_key ?? undefined;
  const others = ways.data && (ways.data.oidc.length > 0 || ways.data.passkey) ? ways.data : null;
  const isKeyFirst = sandboxKey !== undefined || (ways.data?.oidc ?? []).length === 0;
  const key = <KeyForm next={next} sandboxKey={sandboxKey} />;
  if (others === null) return key;
  return (
    <>
      {isKeyFirst ? key : null}
      {isKeyFirst ? <p className={styles.or}>{t("sign_in.or")}</p> : null}
      <OtherWays ways={others} next={next} />
      {isKeyFirst || isKeyAsked ? null : (
        <Button variant="subtle" onClick={() => setKeyAsked(true)}>
          {t("sign_in.with_key")}
        </Button>
      )}
      {!isKeyFirst && isKeyAsked ? key : null}
    </>
  );
}
