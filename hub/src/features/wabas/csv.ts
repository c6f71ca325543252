import { fetchWithin } from "../../api/client-config.ts";
import { LONGEST_DOWNLOAD_MS, saveAnswer } from "../../api/download.ts";
import { listWabas } from "../../api/generated/sdk.gen.ts";
import { givenOf, type WabaFilters } from "../../api/queries.ts";

/** Downloads every matching row as CSV from the server, under the server's file name. */
export async function downloadCsv(filters: WabaFilters): Promise<void> {
  const { data, response } = await listWabas({
    query: givenOf(filters),
    headers: { Accept: "text/csv" },
    parseAs: "blob",
    fetch: fetchWithin(LONGEST_DOWNLOAD_MS),
  });
  saveAnswer(data, response, "wabas.csv");
}
