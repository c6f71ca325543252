import styles from "./Mark.module.css";

/** Two arcs around one point: what is shared, and who keeps it. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg className={styles.mark} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 12.5a7.6 7.6 0 0 1 14 0M23 19.5a7.6 7.6 0 0 1-14 0" />
      <circle cx="16" cy="16" r="3" />
    </svg>
  );
}
