// H.264 by WebCodecs, for the session, which loads this with the first video that a server sends.

// A decoder that gives no picture for so many milliseconds wants the next piece first.
const PATIENCE = 400;

class Context {
  constructor(codec) {
    this.given = 0;
    this.pending = 0;
    // How many pictures the decoder keeps to itself.
    this.kept = 0;
    this.decoder = new VideoDecoder({
      output: (frame) => {
        this.frame?.close();
        this.frame = frame;
        this.pending -= 1;
        this.wake?.();
      },
      error: (error) => {
        this.error = error;
        this.wake?.();
      },
    });
    this.decoder.configure({ codec, optimizeForLatency: true });
  }

  async decode(frames, width, height) {
    for (const [isKey, data] of frames) {
      this.pending += 1;
      const type = isKey ? "key" : "delta";
      this.decoder.decode(new EncodedVideoChunk({ type, timestamp: this.given++, data }));
    }
    const end = performance.now() + PATIENCE;
    while (this.pending > this.kept && !this.error && performance.now() < end) {
      await new Promise((wake) => {
        this.wake = wake;
        setTimeout(wake, end - performance.now());
      });
    }
    if (this.error) throw this.error;
    this.kept = this.pending;
    return this.frame && this.picture(width, height);
  }

  // The browser knows the video's colour space. What is larger than the rectangle is cut off.
  picture(width, height) {
    this.canvas ??= new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
    const { displayWidth, displayHeight } = this.frame;
    this.canvas.drawImage(this.frame, 0, 0, displayWidth, displayHeight);
    this.frame.close();
    this.frame = undefined;
    return new Uint8Array(this.canvas.getImageData(0, 0, width, height).data.buffer);
  }

  close() {
    this.frame?.close();
    if (this.decoder.state !== "closed") this.decoder.close();
  }
}

const contexts = new Map();

export const decode = (number, codec, width, height, frames) => {
  if (!contexts.has(number)) contexts.set(number, new Context(codec));
  return contexts.get(number).decode(frames, width, height);
};

export const close = (number) => {
  contexts.get(number)?.close();
  contexts.delete(number);
};

export const closeAll = () => {
  for (const number of [...contexts.keys()]) close(number);
};
