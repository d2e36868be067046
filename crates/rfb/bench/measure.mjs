// Measures the wasm module: node measure.mjs MODULE. Each line of input is a JSON array, a command with its
// arguments, and is answered by one: ["wire", FILE] takes the bytes of a case, and says what their pixels add up to;
// ["receive", MILLISECONDS] and ["copy_screen", MILLISECONDS] call that function for so long and answer with the least
// nanoseconds that a call took.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const code = new WebAssembly.Module(readFileSync(process.argv[2]));
const { exports } = new WebAssembly.Instance(code);

/** The Fletcher-like sum that the native program has, too. */
function sum() {
  const pixels = new Uint32Array(exports.memory.buffer, exports.pixels(), 1920 * 1080);
  let [low, high] = [0, 0];
  for (const pixel of pixels) {
    low = (low + pixel) >>> 0;
    high = (high + low) >>> 0;
  }
  return [low, high];
}

const commands = {
  wire(file) {
    const wire = readFileSync(file);
    const place = exports.begin(wire.length);
    new Uint8Array(exports.memory.buffer, place, wire.length).set(wire);
    exports.receive();
    return sum();
  },
  receive: (milliseconds) => least(exports.receive, milliseconds),
  copy_screen: (milliseconds) => least(exports.copy_screen, milliseconds),
};

function least(call, milliseconds) {
  const end = performance.now() + milliseconds;
  let best = Infinity;
  while (performance.now() < end) {
    const start = process.hrtime.bigint();
    call();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, ...rest] = JSON.parse(line);
  console.log(JSON.stringify(commands[command](...rest)));
});
