/**
 * What a probe asks beside the proof, in groups. Meta refuses a whole read for one field that the app may not
 * have (field case 1). So a read of `id` alone proves the share, and a refused group is left out of the read
 * of the others.
 */
export interface FieldSet {
  readonly of: "waba" | "numbers";
  readonly groups: readonly FieldGroup[];
}

export type FieldGroup = readonly string[];

/**
 * `primary_funding_id` is for Solution Partners; `owner_business_info` is reported to be refused with it
 * (code 10, public reports).
 */
export const WABA_DETAILS: FieldSet = {
  of: "waba",
  groups: [["name"], ["owner_business_info"], ["primary_funding_id"], ["health_status"]],
};

/**
 * `is_on_biz_app` is reported to be unknown to some apps and versions (100, "Tried accessing nonexisting
 * field").
 */
export const NUMBER_DETAILS: FieldSet = {
  of: "numbers",
  groups: [
    ["display_phone_number", "verified_name"],
    ["status", "platform_type"],
    ["is_on_biz_app"],
    ["quality_rating", "name_status", "code_verification_status"],
    ["account_mode", "throughput"],
    ["webhook_configuration"],
  ],
};

/** The `fields` of one read; every answer names its object. */
export const fieldsOf = (groups: readonly FieldGroup[]): string => ["id", ...groups.flat()].join(",");
