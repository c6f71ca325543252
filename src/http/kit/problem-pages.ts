import { PROBLEMS, type ProblemCode } from "../../problems.ts";
import { en, english } from "../../messages/english.ts";
import { renderPlainPage } from "./plain-page.ts";

/**
 * The page behind the `type` of a problem: the same text, for a person who follows the link. The names of
 * values stand in place of the values.
 */
export function renderProblemPage(code: string): Promise<Response> | undefined {
  if (!Object.hasOwn(PROBLEMS, code)) return undefined;
  const known = code as ProblemCode;
  const sentences = [en.problem[known].detail, `HTTP status ${PROBLEMS[known].status}, code ${known}.`];
  return renderPlainPage({ title: english(`problem.${known}.title`), sentences, status: 200 });
}
