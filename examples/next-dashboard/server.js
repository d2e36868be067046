// Next.js with a server of its own, which carries the viewer's WebSocket on to the gateway. All else is Next's.
import { createServer, Server } from "node:http";
import httpProxy from "http-proxy";
import next from "next";

const port = Number(process.env.PORT ?? 3000);
const hostname = process.env.HOSTNAME ?? "127.0.0.1";
const gateway = process.env.GATEWAY ?? "http://127.0.0.1:6080";
const dev = process.env.NODE_ENV !== "production";

// Next listens for upgrades, too, and its rewrites would carry the viewer's on a second time. So it listens to a server that has
// none but those that are handed on below: those of its hot reload.
const others = new Server();
const app = next({ dev, hostname, port, httpServer: others });
await app.prepare();
const handle = app.getRequestHandler();

// The host stays the one that the browser asked for, which the gateway compares with the page's origin.
const proxy = httpProxy.createProxyServer({ target: gateway, xfwd: true });
proxy.on("error", (error, request, socket) => {
  console.error(`websocket ${request.url}: ${error.message}`);
  if (socket.writable) socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n");
});

const server = createServer(handle);
server.on("upgrade", (request, socket, head) => {
  if (/^\/api\/auth\/session\/[^/]+\/novnc\/websock/.test(request.url)) {
    console.log(`websocket ${request.url}: upgrade, on to ${gateway}`);
    // A browser may leave before there is an answer.
    socket.on("error", () => socket.destroy());
    proxy.ws(request, socket, head);
  } else if (!others.emit("upgrade", request, socket, head)) {
    socket.destroy();
  }
});
server.listen(port, hostname, () => {
  console.log(`WebSocket proxy enabled: /api/auth/session/{id}/novnc/websock to ${gateway}`);
  console.log(`ready on http://${hostname}:${port}`);
});
