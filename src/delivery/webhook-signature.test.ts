import { execFileSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { existsSync } from "node:fs";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect, test } from "vitest";
import { systemRandom } from "../lib/random.ts";
import { newSecret, publicKeyOf, signedHeaders, writtenKeyOf } from "./webhook-signature.ts";

const BODY = JSON.stringify({ type: "waba.share.lost", data: { name: "Café Lumière" } });
const message = () => ({ id: "msg_1", at: Date.now(), body: BODY });

test("the stock packages standardwebhooks and svix take a signature by HMAC", () => {
  const secret = newSecret("hmac-sha256", systemRandom);
  const headers = signedHeaders(message(), [secret]);
  expect(new StandardWebhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY));
  expect(() => new SvixWebhook(secret).verify(BODY, headers)).not.toThrow();
  expect(() => new SvixWebhook(secret).verify(`${BODY} `, headers)).toThrow();
  expect(() => new StandardWebhook(secret).verify(`${BODY} `, headers)).toThrow();
  const other = newSecret("hmac-sha256", systemRandom);
  expect(() => new StandardWebhook(other).verify(BODY, headers)).toThrow();
});

test("during a rotation the receiver may verify with the old or the new secret", () => {
  const [old, fresh] = [newSecret("hmac-sha256", systemRandom), newSecret("hmac-sha256", systemRandom)];
  const headers = signedHeaders(message(), [fresh, old]);
  for (const secret of [old, fresh])
    expect(new StandardWebhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY));
});

test("the public key verifies a signature by Ed25519", () => {
  const secret = newSecret("ed25519", systemRandom);
  const headers = signedHeaders(message(), [secret]);
  const [, signature = ""] = /^v1a,(.+)$/.exec(headers["webhook-signature"] ?? "") ?? [];
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${BODY}`;
  const x = publicKeyOf(secret).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  expect(verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64"))).toBe(true);
  expect(verify(null, Buffer.from(`${signed} `), key, Buffer.from(signature, "base64"))).toBe(false);
  expect(writtenKeyOf(publicKeyOf(secret))).toMatch(/^whpk_[\w+/]{43}=$/);
});

test.skipIf(!existsSync("/usr/bin/openssl"))("OpenSSL's own command makes the same HMAC", () => {
  const secret = newSecret("hmac-sha256", systemRandom);
  const headers = signedHeaders(message(), [secret]);
  const input = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${BODY}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64").toString("hex");
  const args = ["dgst", "-sha256", "-mac", "HMAC", "-macopt", `hexkey:${key}`, "-binary"];
  const made = execFileSync("/usr/bin/openssl", args, { input }).toString("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${made}`);
});
