import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { addNote } from "../../api/generated/sdk.gen.ts";
import { timelineQuery } from "../../api/queries.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { Problem } from "../../ui/Problem.tsx";
import { mentionsOf } from "./mentions.ts";
import { useColleagues } from "./useColleagues.ts";
import styles from "./NoteForm.module.css";

const NOTE_LENGTH = 4000;

/** Writes a note on the timeline. What was typed stays until the server has it. */
export function NoteForm({ wabaId }: { wabaId: string }) {
  const mayAct = useMayAct("support");
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const colleagues = useColleagues(mayAct);
  const note = useMutation({
    mutationFn: () =>
      addNote({ path: { waba_id: wabaId }, body: { text, mentions: mentionsOf(text, colleagues) } }),
    onSuccess() {
      setText("");
      announce(t("waba.case.note_added"));
      void queries.invalidateQueries({ queryKey: timelineQuery(wabaId).queryKey });
    },
  });
  if (!mayAct) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    note.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Textarea
        aria-label={t("waba.case.note")}
        placeholder={t("waba.case.note_hint")}
        rows={2}
        maxLength={NOTE_LENGTH}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Button type="submit" variant="default" loading={note.isPending} disabled={text.trim() === ""}>
        {t("waba.case.add_note")}
      </Button>
      {note.error ? <Problem error={note.error} /> : null}
    </form>
  );
}
