import cli from "./en/cli.json" with { type: "json" };
import client_page from "./en/client-page.json" with { type: "json" };
import labels from "./en/labels.json" with { type: "json" };
import problem from "./en/problems.json" with { type: "json" };
import recovery from "./en/recovery.json" with { type: "json" };
import server from "./en/server.json" with { type: "json" };

export const en = { ...server, cli, client_page, labels, problem, recovery };
