import { t } from "../messages.ts";
import type { ProblemBody } from "./types.ts";

/** A refusal of the API, or no answer (`status` 0), as something a page can show. */
export class ProblemError extends Error {
  readonly status: number;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? t("problem.title"));
    this.name = "ProblemError";
    this.status = status;
    this.body = body;
  }
}
