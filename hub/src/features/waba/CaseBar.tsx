import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { updateWaba } from "../../api/generated/sdk.gen.ts";
import type { Waba } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { serverNow } from "../../time/server-clock.ts";
import { Name } from "../../ui/Name.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { SNOOZES, snoozeEndOf, type Snooze } from "./snoozes.ts";
import { useColleagues } from "./useColleagues.ts";
import styles from "./CaseBar.module.css";
import { useWabaAct } from "./useWabaAct.ts";

interface CaseFields {
  owner_id?: string | null;
  tags?: string[];
  snoozed_until?: string | null;
}

/** Who is on it, its tags, and until when it may wait. */
export function CaseBar({ waba }: { waba: Waba }) {
  const mayAct = useMayAct("support");
  const act = useWabaAct(
    waba,
    (fields: CaseFields) => updateWaba({ path: { waba_id: waba.id }, body: fields }),
    () => t("waba.case.saved"),
  );
  const part = {
    waba,
    mayAct,
    isSending: act.isPending,
    onChange: (fields: CaseFields) => act.mutate(fields),
  };
  return (
    <section className={styles.bar} aria-label={t("waba.case.title")}>
      <Owner {...part} />
      <Tags {...part} />
      <Snoozing {...part} />
      {act.error ? <Problem error={act.error} /> : null}
    </section>
  );
}

interface PartProps {
  waba: Waba;
  mayAct: boolean;
  isSending: boolean;
  onChange: (fields: CaseFields) => void;
}

function Owner({ waba, mayAct, isSending, onChange }: PartProps) {
  const me = useQuery(sessionQuery).data?.actor.id;
  const colleagues = useColleagues(mayAct);
  const { owner } = waba;
  const others = colleagues.filter(({ id }) => id !== owner?.id);
  if (!mayAct)
    return (
      <span className={styles.part}>
        {t("waba.case.owner")}: {owner ? <Name>{owner.name}</Name> : t("waba.case.nobody")}
      </span>
    );
  return (
    <span className={styles.part}>
      <NativeSelect
        aria-label={t("waba.case.owner")}
        leftSection={<span className={styles.prefix}>{t("waba.case.owner")}</span>}
        leftSectionWidth={62}
        value={owner?.id ?? ""}
        disabled={isSending}
        onChange={({ target }) => onChange({ owner_id: target.value === "" ? null : target.value })}
      >
        <option value="">{t("waba.case.nobody")}</option>
        {owner ? <option value={owner.id}>{owner.name}</option> : null}
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </NativeSelect>
      {owner?.id === me ? null : (
        <Button variant="default" loading={isSending} onClick={() => onChange({ owner_id: "me" })}>
          {t("waba.case.take")}
        </Button>
      )}
    </span>
  );
}

function Tags({ waba: { tags }, mayAct, isSending, onChange }: PartProps) {
  const [text, setText] = useState<string | null>(null);
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = (text ?? "").split(",").map((tag) => tag.trim());
    onChange({ tags: wanted.filter((tag) => tag !== "") });
    setText(null);
  };
  if (text !== null)
    return (
      <form className={styles.part} onSubmit={save}>
        <TextInput
          aria-label={t("waba.case.tags_hint")}
          placeholder={t("waba.case.tags_hint")}
          value={text}
          autoFocus
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => (key === "Escape" ? setText(null) : undefined)}
        />
        <Button type="submit" loading={isSending}>
          {t("waba.case.save")}
        </Button>
      </form>
    );
  return (
    <span className={styles.part}>
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
        </span>
      ))}
      {mayAct ? (
        <button type="button" className="text-button" onClick={() => setText(tags.join(", "))}>
          {tags.length === 0 ? t("waba.case.add_tags") : t("waba.case.edit_tags")}
        </button>
      ) : null}
    </span>
  );
}

function Snoozing({ waba: { snoozed_until: until }, mayAct, isSending, onChange }: PartProps) {
  if (until !== null)
    return (
      <span className={styles.part}>
        <span>
          {t("waba.case.snoozed")} <RelativeTime at={until} focusable />
        </span>
        {mayAct ? (
          <button type="button" className="text-button" onClick={() => onChange({ snoozed_until: null })}>
            {t("waba.case.wake")}
          </button>
        ) : null}
      </span>
    );
  if (!mayAct) return null;
  const snooze = (name: Snooze): void =>
    onChange({ snoozed_until: new Date(snoozeEndOf(name, serverNow())).toISOString() });
  return (
    <NativeSelect
      aria-label={t("waba.case.snooze")}
      value=""
      disabled={isSending}
      onChange={({ target }) => snooze(target.value as Snooze)}
    >
      <option value="" disabled>
        {t("waba.case.snooze")}
      </option>
      {SNOOZES.map((name) => (
        <option key={name} value={name}>
          {t(`waba.case.snoozes.${name}`)}
        </option>
      ))}
    </NativeSelect>
  );
}
