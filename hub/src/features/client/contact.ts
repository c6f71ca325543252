import type { ClientContact, ClientDetails, ClientMessage } from "../../api/types.ts";
import { parseLanguage } from "../../../../src/messages/languages.ts";

/** One contact as the form holds it. `language` "": the client's. */
export interface ContactRow {
  name: string;
  email: string;
  phone: string;
  language: string;
}

export const EMPTY_CONTACT: ContactRow = { name: "", email: "", phone: "", language: "" };

const rowOf = ({ name, email, phone, language }: ClientContact): ContactRow => ({
  ...{ name, email: email ?? "", phone: phone ?? "", language: language ?? "" },
});

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^\+[1-9]\d{6,14}$/;

/** As people write it: "+49 (30) 123-456" is the same number as "+4930123456". */
const phoneOf = (text: string): string => text.replaceAll(/[\s().\-/]/g, "");

/** What is missing or wrong of a field; the API has the last word. */
export type ContactFault = "no_name" | "no_address" | "wrong_email" | "wrong_phone";

export function faultsOf({ name, email, phone }: ContactRow): ContactFault[] {
  const faults: [ContactFault, boolean][] = [
    ["no_name", name.trim() === ""],
    ["no_address", email.trim() === "" && phone.trim() === ""],
    ["wrong_email", email.trim() !== "" && !EMAIL.test(email.trim())],
    ["wrong_phone", phone.trim() !== "" && !PHONE.test(phoneOf(phone))],
  ];
  return faults.filter(([, is]) => is).map(([fault]) => fault);
}

const isEmpty = ({ name, email, phone }: ContactRow): boolean => `${name}${email}${phone}`.trim() === "";

const contactOf = ({ name, email, phone, language }: ContactRow): ClientContact => ({
  name: name.trim(),
  email: email.trim() === "" ? null : email.trim(),
  phone: phone.trim() === "" ? null : phoneOf(phone),
  language: parseLanguage(language) ?? null,
});

export interface ClientWish {
  /** "": not known. */
  language: string;
  contacts: ContactRow[];
}

export const wishOf = ({ language, contacts }: ClientDetails): ClientWish => ({
  language: language ?? "",
  contacts: contacts.map(rowOf),
});

/**
 * What is sent: only what the person changed; a row without any text is none. Undefined: nothing is changed,
 * or something is wrong.
 */
export function changeOf(client: ClientDetails, wish: ClientWish) {
  const rows = wish.contacts.filter((row) => !isEmpty(row));
  if (rows.some((row) => faultsOf(row).length > 0)) return undefined;
  const contacts = rows.map(contactOf);
  const isSame = JSON.stringify(contacts) === JSON.stringify(client.contacts.map(rowOf).map(contactOf));
  const change = {
    ...(wish.language !== (client.language ?? "") && { language: parseLanguage(wish.language) ?? null }),
    ...(!isSame && { contacts }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** When the newest message to the contact's address came back; null: the newest one did not. */
export function bouncedAtOf(
  { email }: Pick<ClientContact, "email">,
  messages: readonly Pick<ClientMessage, "to" | "state" | "ended_at">[] = [],
): string | null {
  const address = email?.toLowerCase();
  const newest = messages.find(({ to, ended_at }) => to?.toLowerCase() === address && ended_at !== null);
  return address !== undefined && newest?.state === "bounced" ? newest.ended_at : null;
}
