/** The part of MJML 5 that compile-mail-layout.ts uses; the package has no types of its own. */
declare module "mjml" {
  export default function mjml2html(
    mjml: string,
    options: { validationLevel: "strict"; fonts: Record<string, string>; keepComments: boolean },
  ): Promise<{ html: string }>;
}
