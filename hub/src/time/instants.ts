/**
 * Sentences of the API name instants in UTC, because they are read in logs and mails too: "28 November 2026
 * at 15:19:38 UTC". On a page there is one clock, the viewer's, so these are taken out of the sentence and
 * shown in its zone (`Sentence`).
 */
export interface InstantPart {
  at: string;
  /** Only its time was named, because the day is that of the instant before. */
  timeOnly: boolean;
  /** The instant beside it falls into the same minute. */
  exact: boolean;
}

const MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December".split(
  "|",
);
const PATTERN = new RegExp(
  `(?:(\\d{1,2}) (${MONTHS.join("|")}) (\\d{4}) at )?(\\d\\d):(\\d\\d):(\\d\\d) UTC`,
  "g",
);

/** The sentence in parts: text, and instants in ISO 8601. A time without a day before it stays as it is. */
export function splitInstants(text: string): (string | InstantPart)[] {
  const parts: (string | InstantPart)[] = [];
  let from = 0;
  let day: [number, number, number] | undefined;
  let last: InstantPart | undefined;
  for (const match of text.matchAll(PATTERN)) {
    const [whole, date, month, year, ...time] = match;
    if (month !== undefined) day = [Number(year), MONTHS.indexOf(month), Number(date)];
    if (day === undefined) continue;
    const [hours = 0, minutes = 0, seconds = 0] = time.map(Number);
    const at = new Date(Date.UTC(...day, hours, minutes, seconds)).toISOString();
    const exact = last !== undefined && month === undefined && last.at.slice(0, 16) === at.slice(0, 16);
    if (last && exact) last.exact = true;
    last = { at, timeOnly: month === undefined, exact };
    parts.push(text.slice(from, match.index), last);
    from = match.index + whole.length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}
