/** What one delivery carries. Source: Webhooks "getting started". */
export interface EnvelopeEntry {
  id: string;
  time?: number;
  changes?: { value: Record<string, unknown>; field: string }[];
  changed_fields?: string[];
}

export function envelopeOf(entry: EnvelopeEntry[]): Record<string, unknown> {
  return { object: "whatsapp_business_account", entry };
}
