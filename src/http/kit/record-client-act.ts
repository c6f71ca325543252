import type { Context } from "hono";
import type { ActNote } from "../../access/act.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { HttpEnv } from "./http-env.ts";

/** What it takes to record an act of a client's. */
export type RecordingDeps = Pick<HttpDeps, "acts" | "addressOf" | "db">;

/**
 * What the holder of a link does on a client's page leaves its line in the audit, as a call of the API does.
 *
 * @param run gets the database that writes the line in the transaction of the act
 */
export function recordClientAct<T>(
  deps: RecordingDeps,
  call: Context<HttpEnv>,
  about: ActNote & { action: string; actor: string },
  run: (db: HttpDeps["db"]) => Promise<T>,
): Promise<T> {
  const { actor, ...note } = about;
  const beginning = {
    ...note,
    ...{ requestId: call.get("requestId"), address: deps.addressOf(call.env.incoming) },
  };
  return deps.acts.record(beginning, (act) => {
    act.by({ id: actor, name: "" });
    return run(act.over(deps.db));
  });
}
