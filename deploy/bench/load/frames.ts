/**
 * The messages of one phase. The mark `#<phase>.<message>#` in their text distinguishes them from
 * others.
 */
export class Frames {
  readonly #phase: number;
  readonly #mark: Buffer;
  readonly #asksAcks: boolean;

  constructor(options: { phase: number; asksAcks: boolean }) {
    this.#phase = options.phase;
    this.#mark = Buffer.from(`#${options.phase}.`);
    this.#asksAcks = options.asksAcks;
  }

  /** @param message its number in the phase and of its acknowledgement */
  write(roomId: string, message: number): string {
    const ackId = this.#asksAcks ? message : '';
    const key = `${roomId.slice(-4)}-${this.#phase}-${message}`;
    const content = `#${this.#phase}.${message}# ${filler}`;
    return `42${ackId}["send_message",{"roomId":"${roomId}","clientId":"${key}","content":"${content}"}]`;
  }

  /** The number of the message in a frame; undefined for other frames. */
  read(data: Buffer): number | undefined {
    if (data.length < receive.length || data.compare(receive, 0, receive.length, 0, receive.length) !== 0)
      return undefined;
    return numberAfter(data, this.#mark);
  }
}

const filler = 'The quick brown fox jumps over the lazy dog, and nobody minds.';
const receive = Buffer.from('42["receive_message"');
const seqField = Buffer.from('"seq":');
const ack = Buffer.from('43');
const ok = Buffer.from('"ok":true');

export const isAck = (data: Buffer): boolean => data[0] === ack[0] && data[1] === ack[1];
export const isAccepted = (data: Buffer): boolean => data.includes(ok);
export const seqIn = (data: Buffer): number | undefined => numberAfter(data, seqField);

function numberAfter(data: Buffer, prefix: Buffer): number | undefined {
  const found = data.indexOf(prefix);
  if (found < 0) return undefined;
  let value = 0;
  for (let index = found + prefix.length; ; index++) {
    const digit = (data[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
}
