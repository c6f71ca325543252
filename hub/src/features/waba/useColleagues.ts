import { useQuery } from "@tanstack/react-query";
import { colleaguesQuery } from "../../api/queries.ts";
import { useIsLimited } from "../../api/useMayAct.ts";

/** Who may be on a WABA or be mentioned; nobody for those who see one client's WABAs only. */
export function useColleagues(mayAct: boolean) {
  const isLimited = useIsLimited();
  return useQuery({ ...colleaguesQuery, enabled: mayAct && !isLimited }).data?.data ?? [];
}
