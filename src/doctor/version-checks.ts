import { cutOffOf, newestOf, type Subject } from "../meta/cut-off-dates.ts";
import type { Check } from "./check.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { dayOf } from "./judge-reply.ts";

/**
 * Both tables of Meta's dates are read the same way. An ended Graph version still answers, as another one; an
 * ended signup does not.
 */
function judgeVersion(check: "graph_version" | "signup_version", version: string, now: number): Finding {
  const subject: Subject = check === "graph_version" ? "graph" : "signup";
  const says = speakerOf(check);
  const state = cutOffOf(subject, version, now);
  const newest = newestOf(subject);
  if (state.kind === "unknown") return says("warning", "unknown", { version, newest });
  if (state.endsAt === null) return says("ok", "lasting", { version });
  const at = dayOf(state.endsAt);
  if (state.kind === "passed") return says("bad", "ended", { version, at, newest });
  if (state.kind === "near") return says("warning", "ending", { version, at, newest, days: state.days });
  return says("ok", "lives", { version, at });
}

export const GRAPH_VERSION_CHECK: Check = {
  id: "graph_version",
  needs: [],
  run: ({ config, clock }) =>
    Promise.resolve(judgeVersion("graph_version", config.metaGraphVersion, clock.now())),
};

export const SIGNUP_VERSION_CHECK: Check = {
  id: "signup_version",
  needs: [],
  run: ({ config, clock }) =>
    Promise.resolve(judgeVersion("signup_version", config.metaSignupVersion, clock.now())),
};
