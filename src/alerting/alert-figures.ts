/** What an alert says of its signals. Instants: ms since the epoch. */
export interface AlertFigures {
  /** Subjects that had a signal of it, and those that still have one. */
  signalCount: number;
  holdingCount: number;
  wabaCount: number;
  clientCount: number;
  holdingClientCount: number;
  first: SignalFigure;
  /** The first of those that hold; `first` where none does. */
  firstHolding: SignalFigure;
  last: SignalFigure;
  /** How all its signals ended; null: one holds, or they ended in several ways. */
  endedWhy: "over" | "replaced" | "set_aside" | null;
}

export interface SignalFigure {
  at: number;
  /** The client of its WABA; null: it is about none. */
  clientName: string | null;
  detail: Record<string, string | number>;
}
