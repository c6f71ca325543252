import { api } from "../../api/client.ts";
import type { WabaFilters } from "../../api/queries.ts";

/** Downloads every matching row as CSV from the server, under the server's file name. */
export async function downloadCsv(filters: WabaFilters): Promise<void> {
  const { blob, name } = await api.file("/wabas", { ...filters }, "text/csv");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name ?? "wabas.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
