/** The first byte of a text frame that is not one of several. Source: RFC 6455, 5.2. */
const wholeText = 0x81;
/** Lengths below are in the second byte; it holds this or the next where two or eight bytes of length follow. */
const twoBytes = 126;
const eightBytes = 127;
const maxInTwoBytes = 0xff_ff;

/** What is written to any number of connections, in both ways in which it can leave; each is made at most once. */
export class Packet {
  /** For a transport that makes its own frames. */
  readonly text: string;
  readonly #prefix: string;
  #frame: Buffer | undefined;

  /** @param prefix what the WebSocket of that transport has before the text */
  constructor(text: string, prefix = '') {
    this.text = text;
    this.#prefix = prefix;
  }

  /** The whole WebSocket frame, ready for the network. */
  get frame(): Buffer {
    this.#frame ??= textFrame(this.#prefix + this.text);
    return this.#frame;
  }
}

function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headLength = length < twoBytes ? 2 : length <= maxInTwoBytes ? 4 : 10;
  const frame = Buffer.allocUnsafe(headLength + length);
  frame[0] = wholeText;
  if (headLength === 2) frame[1] = length;
  else if (headLength === 4) {
    frame[1] = twoBytes;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = eightBytes;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headLength);
  return frame;
}
