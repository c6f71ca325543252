import { useEffect, useState } from "react";
import { onAnnounce } from "./announce.ts";

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(
    () =>
      onAnnounce((next) => {
        // The same words twice in a row are spoken only if the region changes.
        setText((last) => (last === next ? `${next}\u00a0` : next));
      }),
    [],
  );
  return (
    <div role="status" aria-live="polite" className="vh">
      {text}
    </div>
  );
}
