/** What a person may mean by numbers in what they typed or pasted. */
export interface NumberTerms {
  /** Digits that a phone number may hold, as it was dictated. */
  phones: string[];
  /** Ids of Meta's, whole. */
  ids: string[];
}

/** A national number is at least so long; what is shorter keeps its zeros, as the end of a number. */
const NATIONAL = 7;
const LEAST = 3;
/** Within other words only what is clearly a number counts. */
const LEAST_WITHIN_WORDS = 4;
const ID = /\b\d{12,20}\b/g;
const RUN = /\d[\d\s()./\u00a0\u2010-\u2015-]*\d/g;

/**
 * `0150 0000001`, `+49 (0) 150 0000001`, `tel:+49150…`, a number within a sentence, an address of Meta Business Suite. The trunk zero
 * of a national number and the zeros before a country code are no part of the number as Meta shows it.
 */
export function numberTermsOf(q: string): NumberTerms {
  const isAddress = /^https?:\/\//i.test(q);
  const ids = isAddress || /\p{L}/u.test(q) ? [...q.matchAll(ID)].map(([id]) => id) : [];
  if (isAddress) return { phones: [], ids };
  const isWords = /\p{L}/u.test(q.replace(/^tel:/i, ""));
  const phones = [...q.matchAll(RUN)].flatMap(([run]) => {
    const digits = run.replace(/\(\s*0\s*\)/g, "").replace(/\D/g, "");
    if (digits.length < (isWords ? LEAST_WITHIN_WORDS : LEAST)) return [];
    const stripped = digits.replace(/^0+/, "");
    return [stripped.length >= NATIONAL ? stripped : digits];
  });
  return { phones: [...new Set(phones)], ids };
}
