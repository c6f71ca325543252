import { fetchWithin } from "../../api/client-config.ts";
import { listWabas } from "../../api/generated/sdk.gen.ts";
import { givenOf, type WabaFilters } from "../../api/queries.ts";

/** An export takes as long as it takes. */
const LONGEST_EXPORT_MS = 600_000;

/** Downloads every matching row as CSV from the server, under the server's file name. */
export async function downloadCsv(filters: WabaFilters): Promise<void> {
  const { data, response } = await listWabas({
    query: givenOf(filters),
    headers: { Accept: "text/csv" },
    parseAs: "blob",
    fetch: fetchWithin(LONGEST_EXPORT_MS),
  });
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data as unknown as Blob);
  link.download = name ?? "wabas.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
