import type { Lamp as LampColour, Truth, Waba } from "../api/types.ts";
import styles from "./Lamp.module.css";

/**
 * The state by shape first, colour second: octagon, triangle, disc with a tick, dashed ring. The label beside
 * it names the state.
 */
export function Lamp({ lamp, size = 16 }: { lamp: LampColour; size?: number }) {
  return (
    <svg className="lamp" data-lamp={lamp} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[lamp]}
    </svg>
  );
}

const SHAPES = {
  red: (
    <>
      <path className={styles.lampBody} d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" />
      <path className={styles.lampMark} d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" />
    </>
  ),
  amber: (
    <>
      <path
        className={styles.lampBody}
        d="M8 1.2c.5 0 .9.3 1.1.7l5.6 10.3c.5.9-.1 2-1.1 2H2.4c-1 0-1.6-1.1-1.1-2L6.9 1.9c.2-.4.6-.7 1.1-.7z"
      />
      <path className={styles.lampMark} d="M8 5.4v3.7M8 11.4v.2" />
    </>
  ),
  green: (
    <>
      <circle className={styles.lampBody} cx="8" cy="8" r="7" />
      <path className={styles.lampMark} d="M4.9 8.2l2.2 2.2 4-4.4" />
    </>
  ),
  grey: <circle className={styles.lampRing} cx="8" cy="8" r="6" />,
} as const;

const LAMP_OF_TRUTH: Record<Truth, LampColour> = { True: "green", False: "red", Unknown: "grey" };
export const lampOfTruth = (truth: Truth): LampColour => LAMP_OF_TRUTH[truth];

interface StatusProps {
  lamp: LampColour;
  label: string;
  /** The lamp as text before the label: what is copied and printed. */
  emoji?: string;
  size?: number;
}

/** Lamp and label together. */
export function Status({ lamp, label, emoji, size = 16 }: StatusProps) {
  return (
    <span className="status" data-lamp={lamp}>
      <Lamp lamp={lamp} size={size} />
      <span>
        {emoji ? (
          <span className={styles.statusEmoji} aria-hidden="true">
            {emoji}
          </span>
        ) : null}
        {label}
      </span>
    </span>
  );
}

/** The status of a WABA. */
export function WabaStatus({
  waba,
  size = 16,
}: {
  waba: Pick<Waba, "lamp" | "status_label" | "status_line">;
  size?: number;
}) {
  const { lamp, status_label: label, status_line: line } = waba;
  return <Status lamp={lamp} label={label} emoji={line.slice(0, -label.length)} size={size} />;
}
