import { itemsOf } from "../meta/list-reply.ts";
import { readFields } from "../sharing/probe/read-fields.ts";
import type { Check } from "./check.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { dayOf, judgeReply, textOf } from "./judge-reply.ts";
import { readLastWebhookAt } from "./read-last-webhook.ts";

const appSays = speakerOf("app");

/** The app's own token is made of its id and its secret: it is refused when they do not belong together. */
const app: Check = {
  id: "app",
  needs: ["meta"],
  async run({ config, ask }) {
    const id = config.metaAppId;
    const { reply } = await readFields((fields) => ask(`/${id}`, { fields }, "app"), [["name"]]);
    const judged = judgeReply("app", reply);
    if (judged.kind === "unclear") return judged.finding;
    if (judged.kind === "refused") return appSays("bad", "refused", { id, answer: judged.answer });
    return appSays("ok", "known", { id, name: textOf(judged.body.name) ?? id });
  },
};

const subscriptionSays = speakerOf("subscription");
const OBJECT = "whatsapp_business_account";
/** Another receiver may pass webhooks on to us: then they arrive although Meta has its address. */
const ARRIVED_LATELY_MS = 7 * 86_400_000;
/** `account_update` announces every removal. Echoes show that the client still uses its app. */
const WANTED_FIELDS = ["smb_message_echoes"];

const subscription: Check = {
  id: "subscription",
  needs: ["app"],
  async run(examination) {
    const { config, clock } = examination;
    const own = `${config.publicUrl}/webhooks/meta`;
    const reply = await examination.ask(`/${config.metaAppId}/subscriptions`, {}, "app");
    const judged = judgeReply("subscription", reply);
    if (judged.kind === "unclear") return judged.finding;
    if (judged.kind === "refused")
      return subscriptionSays("warning", "refused", { own, answer: judged.answer });
    const row = itemsOf(reply).find((item) => item.object === OBJECT);
    if (row === undefined) return subscriptionSays("bad", "none", { own });
    const lastAt = await readLastWebhookAt(examination);
    const arrivedAt = lastAt !== null && clock.now() - lastAt < ARRIVED_LATELY_MS ? lastAt : null;
    return judgeSubscription(row, own, arrivedAt);
  },
};

/** Meta lists fields as `{name, version}`; older captures as bare names. */
function judgeSubscription(row: Record<string, unknown>, own: string, arrivedAt: number | null): Finding {
  const callback = textOf(row.callback_url) ?? "";
  const listed: unknown[] = Array.isArray(row.fields) ? row.fields : [];
  const fields = listed.map((field) => textOf((field as { name?: unknown } | null)?.name) ?? String(field));
  if (row.active === false) return subscriptionSays("bad", "inactive", { callback });
  if (!isOurs(callback, own) && arrivedAt === null)
    return subscriptionSays("bad", "elsewhere", { callback, own });
  if (!fields.includes("account_update")) return subscriptionSays("bad", "no_account_update");
  const missing = WANTED_FIELDS.filter((field) => !fields.includes(field));
  if (missing.length > 0) return subscriptionSays("warning", "fields", { fields: missing.join(", ") });
  if (!isOurs(callback, own) && arrivedAt !== null)
    return subscriptionSays("warning", "passed_on", { callback, own, at: dayOf(arrivedAt) });
  return subscriptionSays("ok", "stands", { callback, count: fields.length });
}

/** The route takes `/webhooks/meta` and `/webhooks/meta/<connection>`. */
function isOurs(callback: string, own: string): boolean {
  return callback === own || callback.startsWith(`${own}/`);
}

export const APP_CHECK: Check = app;
export const SUBSCRIPTION_CHECK: Check = subscription;
