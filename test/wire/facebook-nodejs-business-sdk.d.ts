/** The package ships no types; these are the parts that the test uses. */
declare module "facebook-nodejs-business-sdk" {
  type Row = Record<string, unknown> & { id: string; _data: Record<string, unknown> };

  /** A page of rows; `next()` fetches the following page into it. */
  interface Cursor extends Array<Row> {
    hasNext(): boolean;
    next(): Promise<Cursor>;
  }

  export class FacebookAdsApi {
    static init(accessToken: string, locale?: string, crashLog?: boolean): FacebookAdsApi;
    static readonly GRAPH: string;
    call(method: string, path: string[], params?: Record<string, unknown>): Promise<Record<string, unknown>>;
    getAppID(): Promise<{ data: { data: { app_id: string } } }>;
  }

  export class FacebookAdsApiBatch {
    constructor(api: FacebookAdsApi);
    add(
      method: string,
      path: string[],
      params: Record<string, unknown> | undefined,
      files: undefined,
      onSuccess: (response: { body: Record<string, unknown> }) => void,
      onFailure: (response: { error: { status: number } | null }) => void,
    ): void;
    execute(): Promise<unknown>;
  }

  export class WhatsAppBusinessAccount {
    constructor(id: string);
    get(fields: string[]): Promise<Row>;
    getPhoneNumbers(fields: string[], params?: Record<string, unknown>): Promise<Cursor>;
    getAssignedUsers(fields: string[], params: Record<string, unknown>): Promise<Cursor>;
    createAssignedUser(fields: string[], params: Record<string, unknown>): Promise<Row>;
    deleteAssignedUsers(params: Record<string, unknown>): Promise<Record<string, unknown>>;
    getSubscribedApps(fields: string[]): Promise<Cursor>;
    createSubscribedApp(fields: string[], params?: Record<string, unknown>): Promise<Row>;
    deleteSubscribedApps(): Promise<Record<string, unknown>>;
  }

  export class Business {
    constructor(id: string);
    getClientWhatsAppBusinessAccounts(fields: string[], params?: Record<string, unknown>): Promise<Cursor>;
    getSystemUsers(fields: string[]): Promise<Cursor>;
    createSystemUserAccessToken(fields: string[], params: Record<string, unknown>): Promise<Row>;
  }
}
