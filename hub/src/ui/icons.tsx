import type { ReactNode } from "react";
import styles from "./icons.module.css";

/**
 * Drawn on a grid of 16, 1.5 px lines. Hidden from screen readers: always beside text or inside a labelled
 * button.
 */
const PATHS = {
  overview: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  list: "M2.5 4h11M2.5 8h11M2.5 12h11",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.6 10.6L14 14",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5l3.2 3.2L13 4.8",
  down: "M4 6l4 4 4-4",
  left: "M10 4L6 8l4 4",
  right: "M6 4l4 4-4 4",
  external: "M6.5 3.5h-3v9h9v-3M9 2.5h4.5V7M13.2 2.8L7.5 8.5",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  moon: "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5 5.8 5.8 0 1 0 13.5 9.6z",
  screen: "M2 3h12v8H2zM6 14h4M8 11v3",
  key: "M5.5 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM7.7 7.8L13.5 2M11 4.5l2 2",
  refresh: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 2v3h-3",
  out: "M9.5 5V2.5h-7v11h7V11M6.5 8h7.5M11.5 5.5L14 8l-2.5 2.5",
  keyboard: "M1.5 4h13v8h-13zM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M5 9.5h6",
  download: "M8 2v8M4.8 7L8 10.2 11.2 7M2.5 13.5h11",
  close: "M4 4l8 8M12 4l-8 8",
  pause: "M5.5 3v10M10.5 3v10",
  dots: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  plus: "M8 3v10M3 8h10",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.5-2.6 2.7-4 5.5-4s5 1.4 5.5 4",
  invite:
    "M6.5 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM1.5 14c.4-2.6 2.4-4 5-4 1.4 0 2.6.4 3.5 1.2M12.5 9.5v5M10 12h5",
  eye: "M1.5 8c1.5-2.9 3.8-4.4 6.5-4.4S13 5.1 14.5 8c-1.5 2.9-3.8 4.4-6.5 4.4S3 10.9 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  bell: "M4 11.5V7a4 4 0 0 1 8 0v4.5M2.5 11.5h11M6.5 13.8h3",
  up: "M4 10l4-4 4 4",
  pulse: "M1.5 8.5h3l2-5 3 9 2-4h3",
  mail: "M2 3.5h12v9H2zM2.4 4L8 8.6 13.6 4",
  sandbox: "M8 1.8l6 3.2v6L8 14.2 2 11V5zM2 5l6 3.2L14 5M8 8.2v6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg className={styles.icon} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
