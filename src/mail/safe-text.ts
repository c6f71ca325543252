import { cutText } from "../lib/cut-text.ts";

/** Line breaks, control characters, and the marks that turn the direction of what follows. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Words of a script that runs from right to left, with the blanks between them. */
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]+(?: +[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]+)*/gu;

/** On one line, and unable to change how the text around it is read. */
export const cleanText = (text: string): string =>
  text.toWellFormed().replace(CONTROLS, " ").replace(DIRECTION_MARKS, "").replace(/ {2,}/g, " ").trim();

/** A name that people have given, of a length that a sentence can hold. */
export function cleanName(name: string, limit: number): string {
  const clean = cleanText(name);
  return clean.length <= limit ? clean : `${cutText(clean, limit - 1).trim()}…`;
}

/** Words from right to left, kept from what stands beside them: a number after them stays as it is. */
export const isolateIn = (text: string, open: string, close: string): string =>
  text.replace(RIGHT_TO_LEFT, (words) => `${open}${words}${close}`);

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
