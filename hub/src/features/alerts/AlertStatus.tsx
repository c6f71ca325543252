import type { Alert } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { Status } from "../../ui/Lamp.tsx";
import { lampOfAlert } from "./alert.ts";

/** How grave it is; of what is over, that it is over. */
export const AlertStatus = ({ of, size = 16 }: { of: Pick<Alert, "state" | "severity">; size?: number }) => (
  <Status
    lamp={lampOfAlert(of)}
    label={
      of.state === "resolved" ? labelOf("alert_state", "resolved") : labelOf("alert_severity", of.severity)
    }
    size={size}
  />
);
