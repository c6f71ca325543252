import { NativeSelect, TextInput } from "@mantine/core";
import { say } from "../../alert-messages.ts";
import type { AlertChannel } from "../../api/types.ts";
import { labelOf, labelsOf } from "../../labels.ts";
import { durationOf } from "../../time/duration.ts";
import { ClientName } from "../settings/ClientLink.tsx";
import { ClientPicker } from "../settings/ClientPicker.tsx";
import settings from "../settings/settings.module.css";
import { useColleagues } from "../waba/useColleagues.ts";
import webhooks from "../webhooks/webhooks.module.css";
import type { RouteWish } from "./route.ts";
import styles from "./routes.module.css";

interface PartProps {
  wish: RouteWish;
  onChange: (change: Partial<RouteWish>) => void;
}

/** Which alerts, to which channels, when, and who else if nobody acts. */
export function RouteFields({ channels, ...part }: PartProps & { channels: AlertChannel[] }) {
  const { wish, onChange } = part;
  return (
    <div className={settings.fields}>
      <TextInput
        label={say("routes.name")}
        placeholder={say("routes.name_hint")}
        data-autofocus
        autoComplete="off"
        maxLength={100}
        value={wish.name}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <MatchFields {...part} />
      <ChannelChoice
        legend={say("routes.channels")}
        hint={say(channels.length === 0 ? "routes.channels_none" : "routes.channels_hint")}
        channels={channels}
        chosen={wish.channelIds}
        onChange={(channelIds) => onChange({ channelIds })}
      />
      <details className={webhooks.more} open={hasTimes(wish) ? true : undefined}>
        <summary>{say("routes.times")}</summary>
        <div className={settings.fields}>
          <PeriodFields {...part} />
          <QuietHours {...part} />
        </div>
      </details>
      <details className={webhooks.more} open={wish.escalateAfterS === null ? undefined : true}>
        <summary>{say("routes.escalation")}</summary>
        <Escalation {...part} channels={channels} />
      </details>
    </div>
  );
}

const hasTimes = ({ pendingS, keepFiringS, repeatS, quietHours }: RouteWish): boolean =>
  [pendingS, keepFiringS, repeatS, quietHours].some((each) => each !== null);

const anyOr = (any: string, labels: Record<string, string>) => [
  { value: "", label: any },
  ...Object.entries(labels).map(([value, label]) => ({ value, label })),
];

function MatchFields({ wish, onChange }: PartProps) {
  const colleagues = useColleagues(true);
  const owners = Object.fromEntries(colleagues.map(({ id, name }) => [id, name]));
  if (wish.ownerId !== "" && !(wish.ownerId in owners)) owners[wish.ownerId] = wish.ownerId;
  return (
    <fieldset className={settings.choiceList}>
      <legend>{say("routes.match")}</legend>
      <div className={styles.pairs}>
        <NativeSelect
          label={say("severity")}
          data={anyOr(say("routes.any_severity"), labelsOf("alert_severity"))}
          value={wish.severity}
          onChange={({ target }) => onChange({ severity: target.value })}
        />
        <NativeSelect
          label={say("rule")}
          data={anyOr(say("routes.any_rule"), labelsOf("alert_rule"))}
          value={wish.rule}
          onChange={({ target }) => onChange({ rule: target.value })}
        />
        <TextInput
          label={say("routes.tag")}
          placeholder="vip"
          description={say("routes.tag_hint")}
          autoComplete="off"
          value={wish.tag}
          onChange={({ target }) => onChange({ tag: target.value })}
        />
        <NativeSelect
          label={say("routes.owner")}
          description={say("routes.owner_hint")}
          data={anyOr(say("routes.any_owner"), owners)}
          value={wish.ownerId}
          onChange={({ target }) => onChange({ ownerId: target.value })}
        />
      </div>
      <details className={webhooks.more} open={wish.clientId === "" ? undefined : true}>
        <summary>{say("routes.one_client")}</summary>
        {wish.clientId === "" ? null : (
          <p>
            <ClientName id={wish.clientId} />{" "}
            <button type="button" className="text-button" onClick={() => onChange({ clientId: "" })}>
              {say("routes.any_client")}
            </button>
          </p>
        )}
        <ClientPicker value={wish.clientId} onChange={(clientId) => onChange({ clientId })} />
      </details>
    </fieldset>
  );
}

function ChannelChoice(props: {
  legend: string;
  hint: string;
  channels: AlertChannel[];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}) {
  const { channels, chosen, onChange } = props;
  const toggle = (id: string): void =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <fieldset className={settings.choiceList}>
      <legend>{props.legend}</legend>
      <p className="muted small">{props.hint}</p>
      {channels.map(({ id, name, type }) => (
        <label key={id} className={settings.choice}>
          <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
          <span>
            <bdi>{name}</bdi> <span className="muted small">{labelOf("channel_type", type)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const MINUTE_S = 60;
const HOUR_S = 3600;
const WAITS_S = [0, MINUTE_S, 5 * MINUTE_S, 15 * MINUTE_S, HOUR_S];
const GAPS_S = [15 * MINUTE_S, HOUR_S, 4 * HOUR_S, 24 * HOUR_S];

/** A time of a short list. One that somebody set by the API is offered, too. */
function PeriodSelect(props: {
  label: string;
  hint?: string;
  /** What "none" means. */
  none: string;
  offered: readonly number[];
  value: number | null;
  onChange: (seconds: number | null) => void;
}) {
  const { offered, value } = props;
  const all = value === null || offered.includes(value) ? offered : [...offered, value].sort((a, b) => a - b);
  return (
    <NativeSelect
      label={props.label}
      description={props.hint}
      data={[
        { value: "", label: props.none },
        ...all.map((seconds) => ({
          value: String(seconds),
          label: seconds === 0 ? say("routes.at_once") : durationOf(seconds * 1000),
        })),
      ]}
      value={value === null ? "" : String(value)}
      onChange={({ target }) => props.onChange(target.value === "" ? null : Number(target.value))}
    />
  );
}

const PeriodFields = ({ wish, onChange }: PartProps) => (
  <div className={styles.pairs}>
    <PeriodSelect
      label={say("routes.pending")}
      hint={say("routes.pending_hint")}
      none={say("routes.as_rule")}
      offered={WAITS_S}
      value={wish.pendingS}
      onChange={(pendingS) => onChange({ pendingS })}
    />
    <PeriodSelect
      label={say("routes.keep_firing")}
      hint={say("routes.keep_firing_hint")}
      none={say("routes.as_rule")}
      offered={WAITS_S}
      value={wish.keepFiringS}
      onChange={(keepFiringS) => onChange({ keepFiringS })}
    />
    <PeriodSelect
      label={say("routes.repeat")}
      hint={say("routes.repeat_hint")}
      none={say("routes.never")}
      offered={GAPS_S}
      value={wish.repeatS}
      onChange={(repeatS) => onChange({ repeatS })}
    />
  </div>
);

const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

function QuietHours({ wish: { quietHours }, onChange }: PartProps) {
  const zones = Intl.supportedValuesOf("timeZone");
  const put = (change: Partial<NonNullable<RouteWish["quietHours"]>>): void =>
    onChange({ quietHours: { from: "22:00", to: "07:00", time_zone: ownZone(), ...quietHours, ...change } });
  const zone = quietHours?.time_zone ?? ownZone();
  return (
    <fieldset className={settings.choiceList}>
      <legend>{say("routes.quiet_hours")}</legend>
      <label className={settings.choice}>
        <input
          type="checkbox"
          checked={quietHours !== null}
          onChange={({ target }) => (target.checked ? put({}) : onChange({ quietHours: null }))}
        />
        <span>
          {say("routes.quiet_on")}
          <span className="muted small block">{say("routes.quiet_hint")}</span>
        </span>
      </label>
      {quietHours === null ? null : (
        <div className={styles.pairs}>
          <TextInput
            type="time"
            label={say("routes.quiet_from")}
            value={quietHours.from}
            onChange={({ target }) => put({ from: target.value })}
          />
          <TextInput
            type="time"
            label={say("routes.quiet_to")}
            value={quietHours.to}
            onChange={({ target }) => put({ to: target.value })}
          />
          <NativeSelect
            label={say("routes.zone")}
            data={zones.includes(zone) ? zones : [zone, ...zones]}
            value={zone}
            onChange={({ target }) => put({ time_zone: target.value })}
          />
        </div>
      )}
    </fieldset>
  );
}

const ESCALATIONS_S = [5 * MINUTE_S, 15 * MINUTE_S, 30 * MINUTE_S, HOUR_S, 4 * HOUR_S];

const Escalation = ({ wish, onChange, channels }: PartProps & { channels: AlertChannel[] }) => (
  <div className={settings.fields}>
    <PeriodSelect
      label={say("routes.escalate_after")}
      hint={say("routes.escalate_hint")}
      none={say("routes.never")}
      offered={ESCALATIONS_S}
      value={wish.escalateAfterS}
      onChange={(escalateAfterS) => onChange({ escalateAfterS })}
    />
    {wish.escalateAfterS === null ? null : (
      <ChannelChoice
        legend={say("routes.escalate_to")}
        hint={say("routes.escalate_to_hint")}
        channels={channels}
        chosen={wish.escalateTo}
        onChange={(escalateTo) => onChange({ escalateTo })}
      />
    )}
  </div>
);
