// The page's first script: starts the viewer, and when that has something to show, or is not quick, the user interface
// around it. Says on the page if either could not be loaded.
const WAIT = 300;
const failed = (error) => {
  document.documentElement.dataset.failed = "";
  throw error;
};
// Where the session has no worker it runs here.
globalThis.portholePart = (name) => import("./parts.js").then((parts) => parts[name]());
import("./viewer.js").then(async (viewer) => {
  await viewer.default();
  const page = viewer.start();
  // Browsers keep a page that was left, for going back, and its worker's connection with it.
  addEventListener("pagehide", () => page.free());
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  await Promise.race([page.settled, new Promise((done) => setTimeout(done, WAIT))]);
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "app.css";
  const styled = new Promise((loaded, lost) => Object.assign(style, { onload: loaded, onerror: lost }));
  document.head.append(style);
  const app = await import("./porthole.js");
  await Promise.all([app.default(), styled]);
  app.start(page);
}).catch(failed);
