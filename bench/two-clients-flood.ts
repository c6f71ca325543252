/**
 * A client's program that sends so many messages at once, in a process of its own: what it costs itself is
 * not measured.
 */
import { Agent, request } from "undici";

const [url = "", number = "", count = "0", bytes = "0"] = process.argv.slice(2);
const dispatcher = new Agent({
  connections: Number(count),
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
});
const text = "x".repeat(Number(bytes));
const body = JSON.stringify({ messaging_product: "whatsapp", to: "+15550001111", text });
let answered = 0;
process.on("message", () => process.send?.(answered));
for (let nth = 0; nth < Number(count); nth += 1)
  request(`${url}/messages`, {
    ...{ method: "POST", body, dispatcher },
    headers: { "content-type": "application/json", "d360-api-key": `sandbox-${number}` },
  })
    .then((answer) => answer.body.dump())
    .then(
      () => (answered += 1),
      // What is refused before its body is whole may end as a broken connection: it is answered, too.
      () => (answered += 1),
    );
process.send?.("sent");
