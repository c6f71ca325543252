import type { Context } from "hono";
import type { Act, ActNote } from "../../access/act.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { HttpEnv } from "./http-env.ts";

/** What the holder of a link does on a client's page leaves its line in the audit, as a call of the API. */
/** What it takes to record one. */
export type RecordingDeps = Pick<HttpDeps, "acts" | "addressOf" | "db">;

export function recordClientAct<Deps extends RecordingDeps, T>(
  deps: Deps,
  call: Context<HttpEnv>,
  about: ActNote & { action: string; actor: string },
  run: (deps: Deps, act: Act) => Promise<T>,
): Promise<T> {
  const { actor, ...note } = about;
  const beginning = {
    ...note,
    ...{ requestId: call.get("requestId"), address: deps.addressOf(call.env.incoming) },
  };
  return deps.acts.record(beginning, (act) => {
    act.by({ id: actor, name: "" });
    return run({ ...deps, db: act.over(deps.db) }, act);
  });
}
