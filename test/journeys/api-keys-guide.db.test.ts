/** The calls of docs/guides/api-keys.md, as somebody types them, and its table of scopes. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCOPES } from "../../src/access/actor.ts";
import { ROUTES } from "../../src/http/server/route-table.ts";
import { ADMIN, createTestApp, type Answer, type TestApp } from "../support/create-test-app.ts";

const GUIDE = readFileSync(new URL("../../docs/guides/api-keys.md", import.meta.url), "utf8");

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

/** The commands of the guide that call curl, each on one line. */
const commands = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .map(([, block = ""]) => block.replaceAll("\\\n", " ").trim())
  .filter((block) => block.startsWith("curl "));

/** Runs a curl command. Of its options it knows -H, -d and -X, as the guide has them. */
function run(command: string, variables: Readonly<Record<string, string>>): Promise<Answer> {
  const filled = command.replaceAll(/\$([A-Z_]+)/g, (whole, name: string) => variables[name] ?? whole);
  const words = [...filled.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, one, two, bare]) => one ?? two ?? bare ?? "",
  );
  const headers: Record<string, string> = {};
  let [method, body, url]: [string, string | undefined, string] = ["GET", undefined, ""];
  for (let at = 1; at < words.length; at += 1) {
    const [word = "", next = ""] = words.slice(at, at + 2);
    if (word === "-H") headers[next.slice(0, next.indexOf(":"))] = next.slice(next.indexOf(":") + 1).trim();
    else if (word === "-d") [method, body] = ["POST", next];
    else if (word === "-X") method = next;
    else {
      url = word;
      continue;
    }
    at += 1;
  }
  return app.ask(method, url.slice(app.url.length), body, headers);
}

test("every call of the guide does what the guide says", async () => {
  const variables: Record<string, string> = { SHAREKEEPER: app.url, ADMIN_API_KEY: ADMIN };
  const answers: [string, number][] = [];
  for (const command of commands) {
    const { status, body } = await run(command, variables);
    answers.push([/\/api\/v1\/[\w/$-]+/.exec(command)?.[0] ?? "", status]);
    const { id, key, prefix } = body;
    if (key !== undefined) Object.assign(variables, { KEY: key, KEY_ID: id, PREFIX: prefix });
  }
  expect(answers).toEqual([
    ["/api/v1/api-keys", 201],
    ["/api/v1/can-send", 200],
    ["/api/v1/api-keys", 201],
    ["/api/v1/api-keys/$KEY_ID/rotate", 200],
    ["/api/v1/api-keys", 200],
    ["/api/v1/api-keys/$KEY_ID", 204],
  ]);
});

test("the table of scopes has every scope, with exactly the calls that it allows", () => {
  const callsOf = (cell: string): string[] =>
    [...cell.matchAll(/`((?:[A-Z]+`, `)*[A-Z]+) (\/api[^`]+)`/g)]
      .flatMap(([, methods = "", path = ""]) => methods.split("`, `").map((method) => `${method} ${path}`))
      .toSorted();
  const told = SCOPES.map((scope) => {
    const [, cell = ""] = new RegExp(`^\\| \`${scope}\` \\|([^|]*)\\|`, "m").exec(GUIDE) ?? [];
    return [scope, callsOf(cell)];
  });
  const known = SCOPES.map((scope) => [
    scope,
    ROUTES.filter((route) => route.scope === scope)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  ]);
  expect(told).toEqual(known);
});
