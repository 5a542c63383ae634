import type { Crowd } from './crowd.ts';
import { Frames, isAccepted, isAck, seqIn } from './frames.ts';
import { Histogram } from './histogram.ts';
import { type Faults, Ledger } from './ledger.ts';
import type { Phase } from './orders.ts';

/** A member of a room, in a phase. */
interface Seat {
  roomId: string;
  size: number;
  ledger: Ledger;
  /** Index among the members of the room. */
  place: number;
  /** Messages sent. */
  sent: number;
}

interface Message {
  from: number;
  nth: number;
  dueAt: number;
}

/** The messages of a phase: sends them, checks what arrives, and counts it while measuring. */
export class Exchange {
  readonly #crowd: Crowd;
  readonly #phase: Phase;
  readonly #frames: Frames;
  readonly #seats = new Map<number, Seat>();
  readonly #ledgers: Ledger[] = [];
  readonly #messages: Message[] = [];
  readonly latency = new Histogram();
  /**
   * Messages due in this range of `performance.now()` count for the latency, whenever they arrive.
   */
  #measuredFrom = Number.POSITIVE_INFINITY;
  #measuredTo = Number.POSITIVE_INFINITY;
  #measuring = false;
  /** Deliveries in the measured time: all of them, and those to the sender. */
  deliveries = 0;
  returned = 0;
  sending = true;
  acknowledged = 0;
  refused = 0;
  refusal: string | undefined;
  otherFrames = 0;
  #expected = 0;

  constructor(crowd: Crowd, phase: Phase, number: number) {
    this.#crowd = crowd;
    this.#phase = phase;
    this.#frames = new Frames({ phase: number, asksAcks: phase.acks });
    for (const { id, members } of phase.rooms) {
      const ledger = new Ledger(members.length);
      this.#ledgers.push(ledger);
      for (const [place, client] of members.entries())
        this.#seats.set(client, { roomId: id, size: members.length, ledger, place, sent: 0 });
    }
    crowd.onFrame = (client, data) => this.#take(client, data);
  }

  get sent(): number {
    return this.#messages.length;
  }

  /** Deliveries and acknowledgements so far. */
  get arrived(): number {
    return this.#ledgers.reduce((sum, ledger) => sum + ledger.received, 0) + this.acknowledged + this.refused;
  }

  get complete(): boolean {
    return this.arrived >= this.#expected + (this.#phase.acks ? this.sent : 0);
  }

  send(from: number, dueAt: number): void {
    const seat = this.#seats.get(from);
    if (!seat || !this.sending) return;
    seat.sent += 1;
    this.#crowd.client(from).send(this.#frames.write(seat.roomId, this.#messages.length));
    this.#messages.push({ from, nth: seat.sent, dueAt });
    this.#expected += seat.size;
    if (this.sent >= (this.#phase.messages ?? Number.POSITIVE_INFINITY)) this.sending = false;
  }

  beginMeasuring(now: number): void {
    this.#measuredFrom = now;
    this.#measuring = true;
  }

  endMeasuring(now: number): void {
    this.#measuredTo = now;
    this.#measuring = false;
  }

  faults(): Faults {
    const faults = { lost: this.#expected, repeated: 0, disordered: 0, gaps: 0 };
    for (const ledger of this.#ledgers) {
      faults.lost -= ledger.received;
      faults.repeated += ledger.repeated;
      faults.disordered += ledger.disordered;
      faults.gaps += ledger.gaps;
    }
    return faults;
  }

  #take(client: number, data: Buffer): void {
    const now = performance.now();
    const number = this.#frames.read(data);
    const message = number === undefined ? undefined : this.#messages[number];
    if (message) this.#deliver(client, message, data, now);
    else if (isAck(data)) this.#acknowledge(data);
    else this.otherFrames += 1;
  }

  #deliver(client: number, message: Message, data: Buffer, now: number): void {
    const seat = this.#seats.get(client);
    const author = this.#seats.get(message.from);
    if (!seat || seat.ledger !== author?.ledger)
      throw new Error(`client ${client} received a message of another room`);
    const seq = this.#phase.numbered ? seqIn(data) : undefined;
    seat.ledger.receive(seat.place, author.place, message.nth, seq);
    if (message.dueAt >= this.#measuredFrom && message.dueAt < this.#measuredTo)
      this.latency.record(now - message.dueAt);
    const own = client === message.from;
    if (this.#measuring) {
      this.deliveries += 1;
      if (own) this.returned += 1;
    }
    if (own && this.#phase.pace.kind === 'closed') this.send(client, now);
  }

  #acknowledge(data: Buffer): void {
    if (isAccepted(data)) this.acknowledged += 1;
    else {
      this.refused += 1;
      this.refusal ??= data.toString();
    }
  }
}
