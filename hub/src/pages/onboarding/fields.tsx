import { useId } from "react";

export function TextField(props: {
  label: string;
  hint?: string;
  value: string;
  type?: "text" | "url";
  autoFocus?: boolean;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="input"
        type={props.type ?? "text"}
        maxLength={props.type === "url" ? 2000 : 200}
        value={props.value}
        autoComplete="off"
        {...(props.autoFocus ? { "data-autofocus": true } : {})}
        {...(props.hint ? { "aria-describedby": `${id}-hint` } : {})}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.hint ? (
        <p id={`${id}-hint`} className="muted small">
          {props.hint}
        </p>
      ) : null}
    </div>
  );
}

export function Choice(props: {
  label: string;
  options: Record<string, string>;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      >
        {Object.entries(props.options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
