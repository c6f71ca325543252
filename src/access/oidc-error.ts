/** Why a provider's part of a sign-in failed. */
export type OidcFault = "provider_unreachable" | "provider_refused" | "token_invalid";

/** `cause` is the library's error; `said`: what the provider answered, for people. */
export class OidcError extends Error {
  readonly fault: OidcFault;
  readonly said: string;
  constructor(fault: OidcFault, said: string, options?: ErrorOptions) {
    super(`${fault}: ${said}`, options);
    this.name = "OidcError";
    this.fault = fault;
    this.said = said;
  }
}
