import { call, type Answer } from "../support/http-call.ts";
import { OWN_SECRETS } from "../support/own-secrets.ts";
import { GREETING, signatureOf } from "../support/sandbox.ts";

/**
 * A Sharekeeper as programs outside see it. Every request has a connection of its own, as through a load
 * balancer.
 */
export interface InstanceUrls {
  url: string;
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  send(phoneNumberId: string): Promise<Answer>;
  /** Posts bytes to the webhook address, signed as Meta signs. */
  webhook(body: unknown): Promise<Answer>;
}

export function instanceUrlsOf(url: string, appSecret: string): InstanceUrls {
  return {
    url,
    api: (method, path, body) =>
      call(method, `${url}/api/v1${path}`, body, { "X-API-Key": OWN_SECRETS.ADMIN_API_KEY }),
    send: (phoneNumberId) =>
      call("POST", `${url}/messages`, GREETING, {
        "D360-API-KEY": `sandbox-${phoneNumberId}`,
        Connection: "close",
      }),
    webhook: (body) => {
      const text = JSON.stringify(body);
      const headers = { "X-Hub-Signature-256": signatureOf(text, appSecret), Connection: "close" };
      return call("POST", `${url}/webhooks/meta`, text, headers);
    },
  };
}

/** Whether the gate of this instance refuses messages of the number. */
export async function isRefused(instance: InstanceUrls, phoneNumberId: string): Promise<boolean> {
  return (await instance.send(phoneNumberId)).headers.has("sharekeeper-refused");
}
