import { saveAnswer, LONGEST_DOWNLOAD_MS } from "../../api/download.ts";
import { fetchWithin } from "../../api/client-config.ts";
import { listAudit } from "../../api/generated/sdk.gen.ts";
import { givenOf, type AuditFilters } from "../../api/queries.ts";

/** Downloads every matching line as NDJSON, oldest first, as `sharekeeper audit verify` takes it. */
export async function downloadAudit(filters: AuditFilters): Promise<void> {
  const { data, response } = await listAudit({
    query: givenOf(filters),
    headers: { Accept: "application/x-ndjson" },
    parseAs: "blob",
    fetch: fetchWithin(LONGEST_DOWNLOAD_MS),
  });
  saveAnswer(data, response, "audit.ndjson");
}
