import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { closeSession } from "../api/generated/sdk.gen.ts";
import { forgetSession } from "./forget-session.ts";

export function useSignOut(): () => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return () => {
    // Signed out here in any case: an unreachable server must not keep a person's list on the screen.
    void closeSession()
      .then(({ response }) => response.headers.get("Sign-Out-Url"))
      .catch(() => null)
      .then(async (providerUrl) => {
        // Who came by single sign-on signs out there too.
        if (providerUrl !== null) return location.assign(providerUrl);
        await navigate({ to: "/sign-in" });
        forgetSession(queries);
      });
  };
}

/** Leads to the sign-in and back: the API asks for a fresh one. Nobody is signed out at the provider. */
export function useSignInAgain(): (next: string) => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (next) => {
    void closeSession()
      .catch(() => null)
      .then(async () => {
        await navigate({ to: "/sign-in", search: { next } });
        forgetSession(queries);
      });
  };
}
