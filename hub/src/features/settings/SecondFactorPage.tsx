import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { sessionQuery, signInWaysQuery } from "../../api/queries.ts";
import { Mark } from "../../shell/Mark.tsx";
import { useSignInAgain, useSignOut } from "../../shell/useSignOut.ts";
import { t } from "../../messages.ts";
import { Announcer } from "../../ui/Announcer.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { PasskeysPanel } from "./PasskeysPanel.tsx";
import { TotpPanel } from "./TotpPanel.tsx";
import styles from "./settings.module.css";

/**
 * For a person who signed in with a password alone where a second factor is required. Nothing else is open to
 * them yet, so this page reads nothing but what is their own.
 */
export function SecondFactorPage() {
  useTitle(t("settings.second_factor.title"));
  const session = useQuery(sessionQuery);
  const ways = useQuery(signInWaysQuery);
  const navigate = useNavigate();
  const signOut = useSignOut();
  const signInAgain = useSignInAgain();
  const [hasPasskey, setHasPasskey] = useState(false);
  const person = session.data?.person;
  const isDone = person?.mfa.includes("totp") === true;
  return (
    <main className={`page ${styles.alone}`}>
      <Mark size={40} />
      <h1>{t("settings.second_factor.title")}</h1>
      <p className="muted">{t("settings.second_factor.lead")}</p>
      {isDone ? (
        <div className="row">
          <Button variant="filled" onClick={() => void navigate({ to: "/" })}>
            {t("settings.second_factor.go_on")}
          </Button>
        </div>
      ) : hasPasskey ? (
        <div className="row">
          <Button variant="filled" onClick={() => signInAgain("/")}>
            {t("settings.second_factor.use_passkey")}
          </Button>
        </div>
      ) : null}
      <Loaded query={session} skeleton={<Blocks count={2} height={90} />}>
        {() => (
          <Loaded query={ways} skeleton={<Blocks count={2} height={90} />}>
            {(open) =>
              person ? (
                <>
                  <TotpPanel person={person} ways={open} />
                  <PasskeysPanel ways={open} onAdded={() => setHasPasskey(true)} />
                </>
              ) : null
            }
          </Loaded>
        )}
      </Loaded>
      <button type="button" className={`text-button ${styles.leave}`} onClick={signOut}>
        {t("account.sign_out")}
      </button>
      <Announcer />
    </main>
  );
}
