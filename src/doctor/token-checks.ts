import { tokenInfoOf, type TokenInfo } from "../meta/token-info.ts";
import { metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import { itemsOf } from "../meta/list-reply.ts";
import { readFields } from "../sharing/probe/read-fields.ts";
import type { Check, Examination } from "./check.ts";
import { speakerOf } from "./finding.ts";
import { judgeReply, textOf, type Judged } from "./judge-reply.ts";
import { judgeToken } from "./judge-token.ts";

/** Meta's debug_token, asked with the app's own token: that one lives when the other is dead. */
async function inspectToken(
  check: "token" | "permissions",
  { config, ask }: Examination,
): Promise<{ judged: Judged; info: TokenInfo }> {
  const reply = await ask("/debug_token", { input_token: config.metaSystemUserToken }, "app");
  return { judged: judgeReply(check, reply), info: tokenInfoOf(reply) };
}

const says = speakerOf("token");

const token: Check = {
  id: "token",
  needs: ["app"],
  async run(examination) {
    const { judged, info } = await inspectToken("token", examination);
    if (judged.kind === "unclear") return judged.finding;
    if (judged.kind === "refused") return says("bad", "dead", { answer: judged.answer });
    const { config, clock } = examination;
    return judgeToken(info, config, clock.now());
  },
};

const permissionSays = speakerOf("permissions");
const REQUIRED = ["whatsapp_business_management", "whatsapp_business_messaging", "business_management"];

const permissions: Check = {
  id: "permissions",
  needs: ["token"],
  async run(examination) {
    const { judged, info } = await inspectToken("permissions", examination);
    if (judged.kind === "unclear") return judged.finding;
    const given = info.kind === "valid" ? info.scopes : [];
    const missing = REQUIRED.filter((scope) => !given.includes(scope));
    return missing.length > 0
      ? permissionSays("bad", "missing", { scopes: missing.join(", ") })
      : permissionSays("ok", "granted", { scopes: REQUIRED.join(", ") });
  },
};

const portfolioSays = speakerOf("portfolio");

const portfolio: Check = {
  id: "portfolio",
  needs: ["token"],
  async run({ config, ask }) {
    const id = config.partnerBusinessId;
    const { reply, unread } = await readFields(
      (fields) => ask(`/${id}`, { fields }),
      [["name"], ["verification_status"]],
    );
    const judged = judgeReply("portfolio", reply);
    if (judged.kind === "unclear") return judged.finding;
    if (judged.kind === "refused") return portfolioSays("bad", "refused", { id, answer: judged.answer });
    const name = textOf(judged.body.name) ?? id;
    const status = textOf(judged.body.verification_status)?.toLowerCase();
    if (status === undefined) return portfolioSays("warning", "nameless", { id, name });
    if (status !== "verified") return portfolioSays("warning", "unverified", { id, name, status });
    const partner = config.partnerName;
    return name === partner || unread.name !== undefined
      ? portfolioSays("ok", "verified", { id, name })
      : portfolioSays("warning", "renamed", { id, name, partner });
  },
};

const userSays = speakerOf("system_user");

const systemUser: Check = {
  id: "system_user",
  needs: ["token", "portfolio"],
  async run({ config, ask }) {
    const business = config.partnerBusinessId;
    const id = config.metaSystemUserId;
    const { reply, unread } = await readFields(
      (fields) => ask(`/${business}/system_users`, { fields, limit: "100" }),
      [["name"], ["role"]],
    );
    const judged = judgeReply("system_user", reply);
    if (judged.kind === "unclear") return judged.finding;
    if (judged.kind === "refused") return userSays("bad", "unseen", { business, answer: judged.answer });
    const user = itemsOf(reply).find((item) => item.id === id);
    if (user === undefined) return userSays("bad", "unknown", { business, id, known: renderUsers(reply) });
    const name = textOf(user.name) ?? id;
    if (unread.role !== undefined)
      return userSays("warning", "roleless", { id, name, answer: metaMessageOf(unread.role) });
    // The roles' spelling is from memory; only the employee's is printed in Meta's pages.
    return String(user.role).toUpperCase().includes("ADMIN")
      ? userSays("ok", "admin", { id, name })
      : userSays("bad", "employee", { id, name });
  },
};

function renderUsers(reply: Parameters<typeof itemsOf>[0]): string {
  const users = itemsOf(reply).map((user) => {
    const about = [String(user.id), textOf(user.role)].filter((part) => part !== null).join(", ");
    return `${textOf(user.name) ?? "no name"} (${about})`;
  });
  return users.length === 0 ? "it has none yet" : users.slice(0, 10).join(", ");
}

export const PORTFOLIO_CHECK: Check = portfolio;
export const TOKEN_CHECKS: readonly Check[] = [systemUser, token, permissions];
