import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clientQuery } from "../../api/queries.ts";
import { Name } from "../../ui/Name.tsx";

/** The client's name; leads to its WABAs. */
export function ClientLink({ id }: { id: string }) {
  const client = useQuery(clientQuery(id)).data;
  return (
    <Link className="text-link" to="/wabas" search={{ client_id: id }}>
      {client ? <Name>{client.name}</Name> : <span className="mono">{id}</span>}
    </Link>
  );
}
