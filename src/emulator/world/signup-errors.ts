/**
 * What Embedded Signup says when it cannot go on. Source of the codes and their meaning: Meta's page
 * "Embedded Signup errors" (February 2026); the sentences are ours, because the page's own differ by language
 * and screen.
 */
export interface SignupError {
  group: "sharing" | "coexistence" | "limit" | "rate" | "restricted" | "phone" | "otp" | "pin" | "permission";
  words: string;
}

export const SIGNUP_ERRORS = {
  "2655049": { group: "sharing", words: "This WhatsApp account is already shared with another partner." },
  "2494028": { group: "sharing", words: "This WhatsApp account is already shared with another partner." },
  "2494029": { group: "sharing", words: "This WhatsApp account can't be shared." },
  "2494120": { group: "sharing", words: "This WhatsApp account can't be shared with this partner." },
  "2593072": { group: "sharing", words: "This WhatsApp account doesn't exist, or you can't access it." },
  "2494091": { group: "sharing", words: "The provider must complete business verification first." },
  "2494119": { group: "sharing", words: "This WhatsApp account already has this provider." },
  "2655093": {
    group: "coexistence",
    words: "This account is already shared with a partner. Switching partners isn't supported here.",
  },
  "3441049": {
    group: "coexistence",
    words: "Disconnect the account in the WhatsApp Business app, wait 15 minutes and try again.",
  },
  "2655094": {
    group: "coexistence",
    words: "Disconnect the account in the WhatsApp Business app, wait 15 minutes and try again.",
  },
  "3441030": { group: "coexistence", words: "This phone number is already registered." },
  "3441041": { group: "coexistence", words: "This phone number is connected to another business." },
  "3441045": { group: "coexistence", words: "This phone number isn't eligible yet." },
  "3441042": { group: "coexistence", words: "This isn't available in your region." },
  "4563015": { group: "coexistence", words: "Update the WhatsApp Business app and try again." },
  "2655095": {
    group: "coexistence",
    words: "This phone number isn't registered with the WhatsApp Business app.",
  },
  "2655048": {
    group: "coexistence",
    words: "This phone number isn't registered with the WhatsApp Business app.",
  },
  "2388098": { group: "limit", words: "You've reached the limit of WhatsApp accounts." },
  "2494067": { group: "limit", words: "You've reached the limit of phone numbers." },
  "1690114": { group: "limit", words: "You've reached the limit of business portfolios." },
  "3441033": { group: "rate", words: "Too many attempts. Try again later." },
  "3441046": { group: "rate", words: "Too many attempts. Try again later." },
  "1675004": { group: "rate", words: "Too many requests. Try again later." },
  "1390008": { group: "rate", words: "You're going too fast. Try again later." },
  "2655089": { group: "restricted", words: "This WhatsApp account is restricted." },
  "3441040": { group: "restricted", words: "This phone number is restricted." },
  "2388107": { group: "restricted", words: "This business portfolio is restricted." },
  "2859015": { group: "restricted", words: "This account is disabled." },
  "2388002": { group: "phone", words: "Enter a valid phone number." },
  "2655011": { group: "phone", words: "This phone number can't be used." },
  "3441051": { group: "phone", words: "This phone number can't be verified." },
  "2593037": { group: "otp", words: "The verification code couldn't be sent." },
  "2593039": { group: "otp", words: "The verification code is wrong." },
  "2494158": { group: "otp", words: "The verification code has expired." },
  "2388091": { group: "otp", words: "Too many codes were asked for. Try again later." },
  "2388093": { group: "otp", words: "Too many wrong codes. Try again later." },
  "2859009": { group: "pin", words: "Two-step verification must be set up first." },
  "4612001": { group: "pin", words: "The two-step verification PIN is wrong." },
  "1349246": { group: "permission", words: "The permissions couldn't be granted." },
} as const satisfies Record<string, SignupError>;

export type SignupErrorCode = keyof typeof SIGNUP_ERRORS;

export const SIGNUP_ERROR_CODES = Object.keys(SIGNUP_ERRORS) as SignupErrorCode[];

/** The signup ends here; the dialog shows the words and may report the code in its CANCEL message. */
export class SignupRefusal extends Error {
  readonly code: SignupErrorCode;

  constructor(code: SignupErrorCode) {
    super(SIGNUP_ERRORS[code].words);
    this.name = "SignupRefusal";
    this.code = code;
  }
}
