import { TextInput } from "@mantine/core";
import { useTyped } from "../../ui/useTyped.ts";

/** A text that counts when typing pauses. */
export function TypedField(props: {
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { typed, type, send } = useTyped(props.value, props.onChange);
  return (
    <TextInput
      label={props.label}
      placeholder={props.hint}
      value={typed}
      autoComplete="off"
      spellCheck={false}
      onChange={({ target }) => type(target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") send();
      }}
    />
  );
}
