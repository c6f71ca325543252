import { useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../api/queries.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";

/** Versions that Meta ends soon, and Meta's weekly cap of new clients: both stop onboarding. */
export function Warnings() {
  const connections = useQuery(connectionsQuery).data?.data ?? [];
  const warnings = connections.flatMap(({ id, warnings }) =>
    warnings.map((warning) => ({ ...warning, key: `${id}:${warning.code}` })),
  );
  if (warnings.length === 0) return null;
  return (
    <section aria-label={t("onboarding.warnings")}>
      <ul className="stack">
        {warnings.map(({ key, text }) => (
          <li key={key} className="waba-warning">
            <Lamp lamp="amber" />
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
