import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

const TYPING_MS = 300;

/** A text that counts when typing pauses. It follows the address when something else changes that. */
export function TypedField(props: {
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { value, onChange } = props;
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string): void => {
    clearTimeout(timer.current);
    sent.current = next.trim();
    onChange(next.trim());
  };
  return (
    <TextInput
      label={props.label}
      placeholder={props.hint}
      value={typed}
      autoComplete="off"
      spellCheck={false}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => send(target.value), TYPING_MS);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") send(typed);
      }}
    />
  );
}
