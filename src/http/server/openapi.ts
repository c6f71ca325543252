import { openApiOf, type OpenApiDocument } from "../api/about/openapi-document.ts";
import { ROUTES } from "./route-table.ts";

/**
 * The document of the whole API, without a server: for the command, the Hub's types and the reference pages.
 */
export function openapiDocument(version: string): OpenApiDocument {
  return openApiOf(ROUTES, version);
}
