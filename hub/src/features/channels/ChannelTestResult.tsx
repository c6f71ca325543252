import { say } from "../../alert-messages.ts";
import type { AlertChannelTest, Lamp } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Status } from "../../ui/Lamp.tsx";
import { Name } from "../../ui/Name.tsx";
import { Problem } from "../../ui/Problem.tsx";
import webhooks from "../webhooks/webhooks.module.css";
import type { TestedChannel } from "./ChannelTable.tsx";

const LAMPS: Record<AlertChannelTest["outcome"], Lamp> = { sent: "green", later: "amber", refused: "red" };

/** What came of a test: "Sent in 240 ms", or why it did not arrive. */
export function ChannelTestResult({ of: tested, onClose }: { of: TestedChannel; onClose: () => void }) {
  const { channel, result, error } = tested;
  if (result === null) return <Problem error={error} />;
  const { outcome, detail, took_ms } = result;
  const took = t("time.ms", { count: took_ms });
  return (
    <div className={webhooks.notice} role="status" data-part="channel-test" data-lamp={LAMPS[outcome]}>
      <div>
        <p className={webhooks.noticeTitle}>
          <Status
            lamp={LAMPS[outcome]}
            label={
              outcome === "sent" ? say("channels.sent_in", { took }) : labelOf("channel_outcome", outcome)
            }
          />
          <span className="muted">
            <Name>{channel.name}</Name>
          </span>
        </p>
        <p>{detail}</p>
      </div>
      <button type="button" className={webhooks.noticeClose} aria-label={t("close")} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
