// The worker's script. Its first message is the page's own wasm module, compiled: the same module finds that it runs
// in a worker here, and is the session.
import init from "./viewer.js";
globalThis.portholePart = (name) => import("./parts.js").then((parts) => parts[name]());
onmessage = ({ data }) => init({ module_or_path: data });
