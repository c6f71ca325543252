/**
 * Meta's limits, in messages a second. Sources: cloud-api/overview, "Throughput"; for a number that also
 * lives in the WhatsApp Business app, "Onboarding WhatsApp Business app users".
 */
const PLATFORM = 80;
const COEXISTENCE = 20;

/** How many messages a second Meta takes from a number. */
export const throughputOf = ({ isCoexistence }: { isCoexistence?: boolean }): number =>
  isCoexistence === true ? COEXISTENCE : PLATFORM;
