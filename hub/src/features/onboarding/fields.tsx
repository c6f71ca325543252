import { NativeSelect, TextInput } from "@mantine/core";

export function TextField(props: {
  label: string;
  hint?: string;
  value: string;
  type?: "text" | "url";
  autoFocus?: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <TextInput
      label={props.label}
      description={props.hint}
      type={props.type ?? "text"}
      maxLength={props.type === "url" ? 2000 : 200}
      value={props.value}
      autoComplete="off"
      {...(props.autoFocus ? { "data-autofocus": true } : {})}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
}

export function Choice(props: {
  label: string;
  options: Record<string, string>;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <NativeSelect
      label={props.label}
      data={Object.entries(props.options).map(([value, label]) => ({ value, label }))}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
}
