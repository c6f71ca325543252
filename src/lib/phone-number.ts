import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * A phone number as people of any country read it: "+49 1512 3456789".
 *
 * @param text as Meta sent it, with or without its plus
 * @returns the text as it is where it is no possible international number
 */
export function formatPhoneNumber(text: string): string {
  const trimmed = text.trim();
  const number = parsePhoneNumberFromString(trimmed.startsWith("+") ? trimmed : `+${trimmed}`);
  return number?.isPossible() === true ? number.formatInternational() : text;
}
