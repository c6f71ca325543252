import { PROBLEMS, type ProblemCode } from "../../problems.ts";
import { en } from "../../messages/english.ts";
import { renderPlainPage } from "./plain-page.ts";

/** The page behind the `type` of a problem: the same texts, for a person who follows the link. */
export function renderProblemPage(code: string): Promise<Response> | undefined {
  if (!Object.hasOwn(PROBLEMS, code)) return undefined;
  const known = code as ProblemCode;
  const { title, detail } = en.problem[known];
  const sentences = [detail, `HTTP status ${PROBLEMS[known].status}, code ${known}.`];
  return renderPlainPage({ title, sentences, status: 200 });
}
