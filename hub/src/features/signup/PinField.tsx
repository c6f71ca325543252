import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { t } from "../../messages.ts";
import { Problem } from "../../ui/Problem.tsx";
import styles from "./PinField.module.css";

/** Six digits and a button. The PIN is kept nowhere in the Hub. */
export function PinField({
  number,
  isSending,
  error,
  onSend,
}: {
  number: string;
  isSending: boolean;
  error: unknown;
  onSend: (pin: string) => void;
}) {
  const [pin, setPin] = useState("");
  const [isWrong, setWrong] = useState(false);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const isWhole = /^\d{6}$/.test(pin);
    setWrong(!isWhole);
    if (isWhole && !isSending) onSend(pin);
  };
  return (
    <form className={styles.pinForm} onSubmit={onSubmit} noValidate>
      <TextInput
        label={t("onboarding.pin.label", { number })}
        description={t("onboarding.pin.hint")}
        error={isWrong ? t("onboarding.pin.digits") : null}
        classNames={{ input: styles.pinInput }}
        inputMode="numeric"
        autoComplete="off"
        maxLength={6}
        value={pin}
        onChange={(event) => setPin(event.target.value.replace(/\D/g, ""))}
      />
      <Button type="submit" variant="filled" aria-disabled={isSending}>
        {t("onboarding.pin.send")}
      </Button>
      {error ? <Problem error={error} /> : null}
    </form>
  );
}
