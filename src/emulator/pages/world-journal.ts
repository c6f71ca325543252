/** The traffic of this world as it happens: webhooks out, requests in. A row opens to its whole content. */
import { html, raw } from "hono/html";
import type { Html } from "../http/layout.ts";

export function renderJournal(): Html {
  return html`<div class="journal">
    ${tableOf("deliveries", "Webhooks out", ["#", "At", "Webhook", "Try", "Answer", "Content"])}
    ${tableOf("requests", "Requests in", ["#", "At", "Request", "Status", "Content"])}
    <noscript><p>The traffic is at /_emulator/journal?kind=requests and ?kind=deliveries.</p></noscript>
    <script>
      ${raw(SCRIPT)};
    </script>
  </div>`;
}

function tableOf(id: string, title: string, columns: string[]): Html {
  return html`<div class="card">
    <h2 id="${id}-title">${title}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-title">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody id="${id}"></tbody>
      </table>
      <p class="dim small" id="${id}-empty">Nothing yet.</p>
    </div>
  </div>`;
}

/**
 * Asks for new entries once a second, and looks at the accounts again when something happened. A smaller
 * number: a reset.
 */
const SCRIPT = `
const last = { requests: 0, deliveries: 0 };
const pretty = (value) => {
  try {
    return JSON.stringify(typeof value === "string" ? JSON.parse(value) : value, null, 2);
  } catch {
    return String(value);
  }
};
function told(body) {
  try {
    return JSON.parse(body)
      .entry.flatMap((entry) =>
        entry.changes.map(({ field, value }) => {
          const status = value.statuses?.[0];
          const what = value.event ?? (status ? "status " + status.status : value.messages ? "message" : "");
          const why = value.disconnection_info ? " " + value.disconnection_info.reason : "";
          return (
            field +
            " " +
            what +
            why +
            " \u00b7 " +
            (value.waba_info?.waba_id ?? value.metadata?.phone_number_id ?? entry.id)
          );
        }),
      )
      .join(", ");
  } catch {
    return body;
  }
}
function answered({ status, answer }) {
  if (status === null) return "no answer";
  const error = answer && answer.error;
  if (!error) return JSON.stringify(answer) ?? "";
  return (
    "error " +
    error.code +
    (error.error_subcode ? "/" + error.error_subcode : "") +
    " \u00b7 " +
    error.message
  );
}
const show = {
  requests: (e) => ({
    cells: [e.n, e.at.slice(11, 19), e.method + " " + e.path, e.status ?? "none"],
    brief: (e.fault ? e.fault + ": " : "") + answered(e),
    whole: pretty({ query: e.query, body: e.body, answer: e.answer }),
  }),
  deliveries: (e) => ({
    cells: [e.n, e.at.slice(11, 19), e.webhook_id, e.attempt, e.status ?? e.error ?? "none"],
    brief: told(e.body),
    whole: e.url + "\\n" + pretty(e.headers) + "\\n" + pretty(e.body),
  }),
};
function addRow(body, entry, kind, isFresh) {
  const { cells, brief, whole } = show[kind](entry);
  const row = body.insertRow(0);
  row.className = isFresh ? "fresh" : "";
  for (const text of cells) row.insertCell().textContent = String(text);
  row.cells[2].className = "path";
  const cell = row.insertCell();
  cell.className = "wide mono";
  const details = cell.appendChild(document.createElement("details"));
  details.appendChild(document.createElement("summary")).textContent =
    brief.length > 110 ? brief.slice(0, 110) + "\u2026" : brief;
  details.appendChild(document.createElement("pre")).textContent = whole;
}
async function poll(kind) {
  const answer = await fetch("/_emulator/journal?kind=" + kind + "&after=" + last[kind]).then((r) =>
    r.json(),
  );
  const body = document.getElementById(kind);
  for (const entry of answer.data.slice(-200)) addRow(body, entry, kind, last[kind] !== 0);
  while (body.rows.length > 200) body.deleteRow(-1);
  document.getElementById(kind + "-empty").hidden = body.rows.length > 0;
  last[kind] = answer.data.at(-1)?.n ?? last[kind];
  return answer.data.length;
}
async function look() {
  const page = new DOMParser().parseFromString(await fetch(location.href).then((r) => r.text()), "text/html");
  for (const id of ["accounts", "state", "scene"]) {
    const [mine, theirs] = [document.getElementById(id), page.getElementById(id)];
    if (mine && theirs && mine.innerHTML !== theirs.innerHTML && !mine.contains(document.activeElement))
      mine.innerHTML = theirs.innerHTML;
  }
}
async function tick() {
  try {
    if (!document.hidden) {
      const news = (await poll("deliveries")) + (await poll("requests"));
      if (news) await look();
    }
  } catch {}
  setTimeout(tick, 1000);
}
tick();
// By the box's own offset: scrollIntoView would also move the point from which Tab begins.
const box = document.getElementById("accounts"),
  chosen = box?.querySelector("[aria-current]");
if (chosen)
  box.scrollTop += Math.max(
    0,
    chosen.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom + 8,
  );
`;
