import type { TimelineEntry } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { CopyButton, CopyId } from "../../ui/Copy.tsx";

/** The raw evidence of an entry. */
export function Evidence({ id, entry }: { id: string; entry: TimelineEntry }) {
  const raw = entry.evidence ? JSON.stringify(entry.evidence, null, 2) : null;
  return (
    <div id={id} className="evidence-box">
      {raw ? (
        // Long lines scroll sideways; a keyboard must be able to reach that.
        <pre className="evidence" tabIndex={0} role="region" aria-label={texts.waba.evidence}>
          {raw}
        </pre>
      ) : (
        <p className="muted">{texts.waba.evidenceEmpty}</p>
      )}
      <div className="row">
        {raw ? <CopyButton value={raw} what={texts.things.evidence} /> : null}
        {entry.request_id ? (
          <span className="muted small">
            {texts.problem.request} <CopyId value={entry.request_id} what={texts.things.requestId} />
          </span>
        ) : null}
      </div>
    </div>
  );
}
