import { metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import { hasManage } from "../sharing/evidence/control-evidence.ts";
import type { Check, Examination } from "./check.ts";
import { isHeld } from "./database-checks.ts";
import { speakerOf, type Finding } from "./finding.ts";
import { judgeReply } from "./judge-reply.ts";

const sharedSays = speakerOf("shared_wabas");

const sharedWabas: Check = {
  id: "shared_wabas",
  needs: ["permissions", "portfolio"],
  async run(examination) {
    const business = examination.config.partnerBusinessId;
    const listing = await examination.sharedWabas();
    if (listing.complete) {
      const count = listing.wabas.length;
      return count === 0 ? sharedSays("warning", "none", { business }) : sharedSays("ok", "some", { count });
    }
    const judged = judgeReply("shared_wabas", listing.reply);
    if (judged.kind === "unclear") return judged.finding;
    return sharedSays("bad", "refused", { business, answer: metaMessageOf(listing.reply) });
  },
};

const controlSays = speakerOf("full_control");
/**
 * Enough to distinguish a missing permission from one partial share; each costs that WABA one call of its
 * hour.
 */
const ASKED_WABAS = 5;

const fullControl: Check = {
  id: "full_control",
  needs: ["shared_wabas", "system_user"],
  async run({ config, ask, sharedWabas: read }) {
    const listing = await read();
    const wabas = listing.complete ? listing.wabas.slice(0, ASKED_WABAS) : [];
    if (wabas.length === 0) return controlSays("skipped", "no_waba");
    const query = { business: config.partnerBusinessId };
    const replies = await Promise.all(wabas.map(({ wabaId }) => ask(`/${wabaId}/assigned_users`, query)));
    const readable = replies.filter((reply) => reply.kind === "success");
    const [first] = replies;
    const count = replies.length;
    if (readable.length === 0 && first !== undefined)
      return controlSays("bad", "unreadable", { count, answer: metaMessageOf(first) });
    const good = readable.filter((reply) => hasManage(reply, config.metaSystemUserId)).length;
    return good === count
      ? controlSays("ok", "proven", { good, count })
      : controlSays("warning", "partial", { good, count });
  },
};

const importSays = speakerOf("import");

const imported: Check = {
  id: "import",
  needs: ["migrations", "shared_wabas"],
  async run(examination) {
    const db = await examination.database();
    if (db === null && isHeld(examination)) return importSays("skipped", "unseen");
    if (db === null || !(await hasShares(db))) return importSays("skipped", "no_schema");
    const listing = await examination.sharedWabas();
    const wabaIds = listing.complete ? listing.wabas.map(({ wabaId }) => wabaId) : [];
    if (wabaIds.length === 0) return importSays("ok", "empty");
    return judgeImport(await readKnown(db, wabaIds), wabaIds.length);
  },
};

type Db = NonNullable<Awaited<ReturnType<Examination["database"]>>>;

async function hasShares(db: Db): Promise<boolean> {
  const [table] = await db.query<{ name: string | null }>("select to_regclass('share')::text as name");
  return table?.name != null;
}

/** Statuses of those of Meta's list that are known here. */
async function readKnown(db: Db, wabaIds: string[]): Promise<string[]> {
  const rows = await db.query<{ status: string }>(
    `select share.status from share
       join meta_id on meta_id.owner_id = share.asset_id and meta_id.type = 'waba'
         and meta_id.valid_until is null
     where meta_id.meta_id = any($1)`,
    [wabaIds],
  );
  return rows.map((row) => row.status);
}

function judgeImport(statuses: string[], count: number): Finding {
  const found = statuses.filter((status) => status === "discovered").length;
  const adopted = statuses.length - found;
  const missing = count - statuses.length;
  if (statuses.length === 0) return importSays("warning", "none", { count });
  if (missing > 0) return importSays("warning", "some", { missing, count });
  if (found > 0) return importSays("warning", "unadopted", { found, count });
  return importSays("ok", "complete", { count, adopted });
}

const modeSays = speakerOf("mode");

const mode: Check = {
  id: "mode",
  needs: [],
  run: ({ config }) =>
    Promise.resolve(config.mode === "enforce" ? modeSays("ok", "enforce") : modeSays("warning", "observe")),
};

export const SHARE_CHECKS: readonly Check[] = [sharedWabas, fullControl];
export const TAKEOVER_CHECKS: readonly Check[] = [imported, mode];
