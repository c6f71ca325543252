import type { NumberPage } from "../../api/types.ts";
import { profileLabels, sentenceOf, texts } from "../../texts.ts";
import { CopyId } from "../../ui/Copy.tsx";

/** What Meta last told of the number. Meta's words stand as they came: support compares them with Meta's own screens. */
export function ProfilePanel({ number }: { number: NumberPage }) {
  const entries = Object.entries(number.profile ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== "" && typeof value !== "object",
  );
  return (
    <aside className="details" aria-labelledby="profile-title">
      <h2 id="profile-title">{texts.number.profile}</h2>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{profileLabels[name] ?? sentenceOf(name)}</dt>
            <dd>{/^[A-Z_0-9]+$/.test(String(value)) ? sentenceOf(String(value)) : String(value)}</dd>
          </div>
        ))}
        <div>
          <dt>{texts.number.id}</dt>
          <dd>
            <CopyId value={number.id} what={texts.things.numberId} />
          </dd>
        </div>
        <div>
          <dt>{texts.number.metaId}</dt>
          <dd>
            <CopyId value={number.phone_number_id} what={texts.things.phoneNumberId} />
          </dd>
        </div>
      </dl>
    </aside>
  );
}
