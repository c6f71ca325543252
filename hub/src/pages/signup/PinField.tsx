import { useId, useState, type FormEvent } from "react";
import { t } from "../../messages.ts";
import { Problem } from "../../ui/Problem.tsx";

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
  const id = useId();
  const [pin, setPin] = useState("");
  const [isWrong, setWrong] = useState(false);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const isWhole = /^\d{6}$/.test(pin);
    setWrong(!isWhole);
    if (isWhole && !isSending) onSend(pin);
  };
  return (
    <form className="pin-form" onSubmit={onSubmit} noValidate>
      <label htmlFor={id}>{t("onboarding.pin.label", { number })}</label>
      <div className="row">
        <input
          id={id}
          className="input mono pin-input"
          inputMode="numeric"
          autoComplete="off"
          maxLength={6}
          value={pin}
          aria-invalid={isWrong}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setPin(event.target.value.replace(/\D/g, ""))}
        />
        <button type="submit" className="button" data-primary aria-disabled={isSending}>
          {t("onboarding.pin.send")}
        </button>
      </div>
      <p id={`${id}-hint`} className="muted small">
        {isWrong ? <strong>{t("onboarding.pin.digits")} </strong> : null}
        {t("onboarding.pin.hint")}
      </p>
      {error ? <Problem error={error} /> : null}
    </form>
  );
}
