import { useEffect, useState } from "react";
import { onAnnounce } from "./announce.ts";

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(
    () =>
      onAnnounce((next) => {
        // A screen reader speaks the same text twice in a row only if the region changes.
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
