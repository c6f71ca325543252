/** The bundle of `adaptivecards`, which Node can import, has no types of its own; as far as tests use it. */
declare module "adaptivecards/dist/adaptivecards.js" {
  export class SerializationContext {
    constructor(version: object);
    readonly eventCount: number;
    getEventAt(index: number): { message: string };
  }
  export class AdaptiveCard {
    parse(card: unknown, context: SerializationContext): void;
    validateProperties(): { validationEvents: { message: string }[] };
  }
  export const Versions: { v1_4: object };
}
