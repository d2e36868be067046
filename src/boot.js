// The page's first script: starts the wasm module, or says on the page that it could not be loaded.
const failed = (error) => {
  document.documentElement.dataset.failed = "";
  throw error;
};
import("./porthole.js").then((module) => module.default()).catch(failed);
