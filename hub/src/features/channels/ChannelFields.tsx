import { NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { say } from "../../alert-messages.ts";
import { labelsOf } from "../../labels.ts";
import { CHANNEL_FIELDS, isWrong, type ChannelField, type ChannelType, type Settings } from "./channel.ts";

/** The settings of a type, each with where to find it. */
export const ChannelFields = (props: {
  type: ChannelType;
  settings: Settings;
  onChange: (settings: Settings) => void;
}) =>
  CHANNEL_FIELDS[props.type].map((field) => (
    <Field
      key={`${props.type} ${field.name}`}
      type={props.type}
      field={field}
      value={props.settings[field.name] ?? field.choices?.[0] ?? ""}
      onChange={(value) => props.onChange({ ...props.settings, [field.name]: value })}
    />
  ));

function Field(props: {
  type: ChannelType;
  field: ChannelField;
  value: string;
  onChange: (value: string) => void;
}) {
  const { type, field, value, onChange } = props;
  const label = say(`channels.fields.${fieldNameOf(field)}`);
  const description = helpOf(type, field);
  if (field.kind === "choice")
    return (
      <NativeSelect
        label={label}
        description={description}
        data={Object.entries(labelsOf("pagerduty_region")).map(([value, text]) => ({ value, label: text }))}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    );
  const input = {
    label: field.isOptional ? say("channels.optional", { label }) : label,
    description,
    placeholder: field.placeholder,
    maxLength: 2000,
    autoComplete: "off",
    spellCheck: false,
    value,
    error: isWrong(field, value) ? say("channels.url_wrong") : undefined,
    onChange: ({ target }: { target: HTMLInputElement }) => onChange(target.value),
  };
  return field.kind === "secret" ? (
    <PasswordInput {...input} autoComplete="new-password" />
  ) : (
    <TextInput {...input} type={field.kind === "url" ? "url" : "text"} />
  );
}

type FieldName =
  "to" | "url" | "secret" | "routing_key" | "region" | "username" | "password" | "bearer_token";
const fieldNameOf = ({ name }: ChannelField): FieldName => name as FieldName;

/** Where to find it, in the words of the program that it comes from. */
function helpOf(type: ChannelType, { name }: ChannelField): string | undefined {
  if (name === "url")
    return say(`channels.url_help.${type === "pagerduty" || type === "email" ? "webhook" : type}`);
  if (name === "to") return say("channels.to_help");
  if (name === "secret") return say("channels.secret_help");
  if (name === "routing_key") return say("channels.routing_key_help");
  if (name === "region") return say("channels.region_help");
  return name === "username" ? say("channels.username_help") : undefined;
}
