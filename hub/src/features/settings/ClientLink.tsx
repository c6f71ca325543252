import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clientQuery } from "../../api/queries.ts";
import { Name } from "../../ui/Name.tsx";

/** The client's name; leads to its WABAs. */
export const ClientLink = ({ id }: { id: string }) => (
  <Link className="text-link" to="/wabas" search={{ client_id: id }}>
    <ClientName id={id} />
  </Link>
);

/** The client's name, and its id while that is not known. */
export function ClientName({ id }: { id: string }) {
  const client = useQuery(clientQuery(id)).data;
  return client ? <Name>{client.name}</Name> : <span className="mono">{id}</span>;
}
