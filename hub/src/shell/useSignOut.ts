import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { closeSession } from "../api/generated/sdk.gen.ts";

export function useSignOut(): () => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return () => {
    // Signed out here in any case: an unreachable server must not keep a person's list on the screen.
    void closeSession()
      .catch(() => undefined)
      .then(async () => {
        await navigate({ to: "/sign-in" });
        queries.clear();
      });
  };
}
