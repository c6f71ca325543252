import { Button } from "@mantine/core";
import { beginPasskeySignIn, openPasskeySession } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import type { Session, SignInWays } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { useSignIn } from "./useSignIn.ts";
import styles from "./SignInPage.module.css";

/** Single sign-on, a link per provider, and the passkey. */
export function OtherWays({ ways, next }: { ways: SignInWays; next: string }) {
  return (
    <div className={styles.ways}>
      {ways.oidc.map(({ id, name, start_url }) => (
        <Button key={id} component="a" href={`${start_url}?next=${encodeURIComponent(next)}`}>
          {t("sign_in.with_provider", { name })}
        </Button>
      ))}
      {ways.passkey ? <PasskeyButton next={next} /> : null}
    </div>
  );
}

function PasskeyButton({ next }: { next: string }) {
  const signIn = useSignIn(next, openWithPasskey);
  return (
    <>
      <Button aria-disabled={signIn.isPending} onClick={() => signIn.mutate(undefined)}>
        {signIn.isPending ? t("sign_in.passkey_working") : t("sign_in.passkey")}
      </Button>
      <p className={styles.fault} role="alert">
        {signIn.error ? passkeyFaultOf(signIn.error) : null}
      </p>
    </>
  );
}

type Options = Parameters<typeof import("@simplewebauthn/browser").startAuthentication>[0]["optionsJSON"];
type Answer = NonNullable<Parameters<typeof openPasskeySession>[0]>["body"];

async function openWithPasskey(): Promise<Session> {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  const { data } = await beginPasskeySignIn({ body: {} });
  // The API describes the options as an object: their shape is the browser's.
  const answer = await startAuthentication({ optionsJSON: data as unknown as Options });
  return (await openPasskeySession({ body: answer as unknown as Answer })).data;
}

/** What the browser itself throws: nobody chose a passkey, or it has none. It does not say which. */
function passkeyFaultOf(error: Error): string {
  return error instanceof ProblemError ? (error.body.detail ?? error.message) : t("sign_in.passkey_none");
}
