/** The first byte of an unfragmented text frame (RFC 6455, 5.2). */
const wholeText = 0x81;
/**
 * Shorter lengths fit in the second byte. These values mean that two or eight bytes of length
 * follow.
 */
const twoBytes = 126;
const eightBytes = 127;
const maxInTwoBytes = 0xff_ff;

/**
 * Encoded text for any number of connections, as text and as a WebSocket frame, each built at most
 * once.
 */
export class Packet {
  /** For transports that build their own frames. */
  readonly text: string;
  readonly #prefix: string;
  #frame: Buffer | undefined;

  /** @param prefix what the WebSocket transport puts before the text */
  constructor(text: string, prefix = '') {
    this.text = text;
    this.#prefix = prefix;
  }

  /** The complete WebSocket frame. */
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
