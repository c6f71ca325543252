import { lazy, Suspense } from "react";
import styles from "./QrCode.module.css";

const Drawn = lazy(() => import("./QrDrawing.tsx"));

/**
 * A link for the phone of a client beside the screen. The code that draws it is loaded only where it is
 * shown.
 */
export function QrCode({ link, label }: { link: string; label: string }) {
  return (
    <div className={styles.qr}>
      <Suspense>
        <Drawn link={link} label={label} />
      </Suspense>
    </div>
  );
}
