import { expect, test } from "vitest";
import type { ClientDetails } from "../../api/types.ts";
import { changeOf, EMPTY_CONTACT, faultsOf, wishOf, type ContactRow } from "./contact.ts";

const CLIENT: ClientDetails = {
  ...{ id: "cli_1", name: "Northwind", business_id: null, external_id: null, language: "de" },
  ...{ contacts: [{ name: "Ada", email: "ada@example.com", phone: null, language: null }] },
  ...{ tags: [], owner_id: null },
};
const row = (change: Partial<ContactRow>): ContactRow => ({ ...EMPTY_CONTACT, name: "Ada", ...change });

test.each([
  ["an address", row({ email: "ada@example.com" }), []],
  ["a number with gaps", row({ phone: "+49 (30) 123-4567" }), []],
  ["no name", row({ name: " ", email: "ada@example.com" }), ["no_name"]],
  ["neither address nor number", row({}), ["no_address"]],
  ["half an address", row({ email: "ada@" }), ["wrong_email"]],
  ["a number without a country", row({ phone: "030 1234567" }), ["wrong_phone"]],
])("a contact with %s has the faults %j", (_, contact, faults) => expect(faultsOf(contact)).toEqual(faults));

test("only what was changed is sent, numbers without gaps, and an empty row is none", () => {
  const wish = wishOf(CLIENT);
  expect(changeOf(CLIENT, wish)).toBeUndefined();
  expect(changeOf(CLIENT, { ...wish, contacts: [...wish.contacts, EMPTY_CONTACT] })).toBeUndefined();
  expect(changeOf(CLIENT, { ...wish, language: "" })).toEqual({ language: null });
  const added = row({ name: "Bo", phone: "+49 30 1234567", language: "es" });
  expect(changeOf(CLIENT, { ...wish, contacts: [...wish.contacts, added] })).toEqual({
    contacts: [CLIENT.contacts[0], { name: "Bo", email: null, phone: "+49301234567", language: "es" }],
  });
  expect(changeOf(CLIENT, { ...wish, contacts: [row({ email: "ada@" })] })).toBeUndefined();
});
