// Stands in for your master-controller, which starts VMs: this one has some already, and hands them out. It says the same in
// the same words, which is all that the dashboard and the gateway know of it.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const port = Number(process.env.CONTROLLER_PORT ?? 4100);
// The VMs' addresses, and the port of the websockify on each.
const vms = (process.env.VMS ?? "127.0.0.1").split(",");
const vmPort = Number(process.env.VM_PORT ?? 6081);

const providers = [
  { id: "claude-code", name: "Claude Code" },
  { id: "codex", name: "Codex" },
];
const sessions = new Map();

const isOver = (session) => session.status === "ended";

// A VM that boots has no websockify yet. It is ready when that answers, whatever it says.
const boot = async (session) => {
  while (session.status === "creating") {
    const isUp = await fetch(`http://${session.vmIp}:${vmPort}/`).then(() => true, () => false);
    if (isUp && !isOver(session)) Object.assign(session, { status: "ready", since: new Date().toISOString() });
    else await new Promise((done) => setTimeout(done, 250));
  }
};

const create = ({ provider }) => {
  const known = providers.find(({ id }) => id === provider);
  if (!known) return [404, { error: `there is no provider ${JSON.stringify(provider)}` }];
  const used = [...sessions.values()].filter((session) => !isOver(session)).map(({ vmIp }) => vmIp);
  const vmIp = vms.find((vm) => !used.includes(vm));
  if (!vmIp) return [503, { error: "all VMs are in use" }];
  const session = {
    id: randomUUID(),
    provider: known.name,
    vmId: `vm-${vms.indexOf(vmIp) + 1}`,
    vmIp,
    status: "creating",
    since: new Date().toISOString(),
  };
  sessions.set(session.id, session);
  boot(session);
  return [201, session];
};

const answer = async ({ method, url }, body) => {
  const id = url.match(/^\/api\/auth\/session\/([^/?]+)$/)?.[1];
  const session = sessions.get(id);
  if (method === "GET" && url === "/api/auth/providers") return [200, providers];
  if (method === "POST" && url === "/api/auth/session") return create(JSON.parse(body));
  if (!session) return [404, { error: "there is no such session" }];
  if (method === "DELETE") Object.assign(session, { status: "ended", since: new Date().toISOString() });
  return [200, session];
};

createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const [status, json] = await answer(request, body).catch((error) => [400, { error: error.message }]);
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(json));
}).listen(port, "127.0.0.1", () => console.log(`controller on http://127.0.0.1:${port}`));
