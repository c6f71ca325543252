/** The PIN that Meta accepted, and PINs that were tried without a decision of Meta, newest first. */
export interface Pins {
  held: string | null;
  candidates: readonly string[];
}

/** Meta's decision about a PIN: accepted, refused as wrong (133005), or neither. */
export type PinVerdict = "taken" | "wrong" | "none";

/** More PINs than Meta allows tries. */
const MOST_CANDIDATES = 10;

/** Kept beside the held one before it is used: when the answer is lost, the number may have accepted it. */
export function withCandidate({ held, candidates }: Pins, pin: string): Pins {
  if (pin === held) return { held, candidates };
  return {
    held,
    candidates: [pin, ...candidates.filter((other) => other !== pin)].slice(0, MOST_CANDIDATES),
  };
}

/**
 * Only Meta's decision changes the held PIN: anyone with a link may try a PIN without deleting the held one.
 */
export function pinsAfter({ held, candidates }: Pins, pin: string, verdict: PinVerdict): Pins {
  if (verdict === "taken") return { held: pin, candidates: [] };
  if (verdict === "none") return { held, candidates };
  return { held: held === pin ? null : held, candidates: candidates.filter((other) => other !== pin) };
}
