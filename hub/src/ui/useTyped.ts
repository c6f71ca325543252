import { useEffect, useRef, useState } from "react";

const TYPING_MS = 180;

/**
 * A text of the address that somebody types: it counts when typing pauses, and follows the address when
 * something else changes that (back, a link). `send` counts at once.
 */
export function useTyped(
  value: string,
  onChange: (value: string) => void,
): { typed: string; type: (next: string) => void; send: () => void } {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string): void => {
    clearTimeout(timer.current);
    sent.current = next.trim();
    onChange(next.trim());
  };
  return {
    typed,
    type(next) {
      setTyped(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => send(next), TYPING_MS);
    },
    send: () => send(typed),
  };
}
