// The dashboard's first script. Says on the page if it could not be loaded.
import("./dashboard.js").then((dashboard) => dashboard.default()).catch((error) => {
  document.documentElement.dataset.failed = "";
  throw error;
});
