// Read when the app is built: set these for `npm run build`.
const gateway = process.env.GATEWAY ?? "http://127.0.0.1:6080";
const controller = process.env.CONTROLLER ?? "http://127.0.0.1:4100";

const desktop = "/api/auth/session/:id/novnc";

export default {
  // The viewer's page has its own address without a slash at the end, and with one.
  skipTrailingSlashRedirect: true,
  rewrites: async () => [
    // The viewer, its files, and, without the server in server.js, its WebSocket.
    { source: desktop, destination: `${gateway}${desktop}` },
    { source: `${desktop}/:path*`, destination: `${gateway}${desktop}/:path*` },
    // The sessions.
    { source: "/api/auth/:path*", destination: `${controller}/api/auth/:path*` },
  ],
};
