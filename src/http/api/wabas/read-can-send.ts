import { Problem } from "../../../problems.ts";
import { getNumberView } from "./get-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { CanSendJson } from "./number-schema.ts";
import { renderCanSend } from "./render-number.ts";

/** The gate's answer for each number, in the order of the request; unknown ids are listed separately. */
export async function readCanSend(
  deps: Pick<HttpDeps, "db" | "clock">,
  ids: readonly string[],
): Promise<{ data: CanSendJson[]; not_found: string[] }> {
  const data: CanSendJson[] = [];
  const notFound: string[] = [];
  for (const id of ids) {
    const answer = await findCanSend(deps, id);
    if (answer === undefined) notFound.push(id);
    else data.push(answer);
  }
  return { data, not_found: notFound };
}

async function findCanSend(
  deps: Pick<HttpDeps, "db" | "clock">,
  id: string,
): Promise<CanSendJson | undefined> {
  try {
    return renderCanSend(await getNumberView(deps, id));
  } catch (error) {
    if (error instanceof Problem && error.code === "number_not_found") return undefined;
    throw error;
  }
}
