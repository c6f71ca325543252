/** What can be done with a row. `name` tells a screen reader with which one. */
export function RowAct(props: { label: string; name: string; isDanger?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      className={props.isDanger ? "text-button danger" : "text-button"}
      aria-label={`${props.label} ${props.name}`}
      onClick={props.onClick}
    >
      {props.label}
    </button>
  );
}
