// The page's first script: fetches everything else, all at once.
//
// It is an SVG script in index.html, since browsers look ahead in a document for files to fetch and take no notice of
// <base> when that is set by a script: at a path without a slash at its end they would ask for each file in the wrong
// folder. Of SVG scripts they know nothing until the document has come to them, and by then the base is right.
{
  const link = (rel, href) => Object.assign(document.createElement("link"), { rel, href });
  document.head.append(
    link("stylesheet", "porthole.css"),
    link("modulepreload", "porthole.js"),
    link("modulepreload", "worker.js"),
  );
  const page = fetch("porthole_bg.wasm");
  const failed = (error) => {
    document.documentElement.dataset.failed = "";
    throw error;
  };
  import("./porthole.js").then((module) => module.default({ module_or_path: page })).catch(failed);
}
