/** The PIN that Meta took, and those that were tried without a verdict of Meta's, newest first. */
export interface Pins {
  held: string | null;
  candidates: readonly string[];
}

/** What Meta said of a PIN: took it, refused it as wrong (133005), or neither. */
export type PinVerdict = "taken" | "wrong" | "none";

/** More PINs than Meta takes tries. */
const MOST_CANDIDATES = 10;

/** Kept beside the held one before it is used: when the answer is lost, the number may have taken it. */
export function withCandidate({ held, candidates }: Pins, pin: string): Pins {
  if (pin === held) return { held, candidates };
  return {
    held,
    candidates: [pin, ...candidates.filter((other) => other !== pin)].slice(0, MOST_CANDIDATES),
  };
}

/** Only Meta's word changes what is held: whoever has a link may try a PIN, and lose nothing by it. */
export function pinsAfter({ held, candidates }: Pins, pin: string, verdict: PinVerdict): Pins {
  if (verdict === "taken") return { held: pin, candidates: [] };
  if (verdict === "none") return { held, candidates };
  return { held: held === pin ? null : held, candidates: candidates.filter((other) => other !== pin) };
}
