import type { Bus } from '@parley/bus';
import { type Caller, type Membership, type RoomState, refusalFor } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { Cache } from '@parley/runtime';
import { atMost } from '@parley/runtime/async';
import { type MemberState, type Standing, StandingQuestions, stateOf } from './standing-questions.ts';

interface Member {
  room: RoomState;
  membership: MemberState;
}

interface NonMember {
  canSend: null;
  /** The version of the directory's last statement; 0 for a negative answer, which has none. */
  version: number;
}

type Known = MemberState | NonMember;

const maxSuspendedMs = 1_000;
/** The most recently used ones are kept. */
const maxKnown = 200_000;

/**
 * A bounded cache of memberships, kept current by directory events. Its entries do not expire, so a
 * send asks nothing. It permits, but never refuses:
 * a user may have joined since it learned that they are not a member, and the event may still be on
 * its way. The directory is therefore asked before anything is refused.
 */
export class Memberships {
  readonly #questions: StandingQuestions;
  readonly #rooms = new Cache<{ room: RoomState | null }>(maxKnown);
  readonly #members = new Cache<Known>(maxKnown);
  readonly #asking = new Map<string, Promise<Standing>>();
  #generation = 0;
  /** Events have been missed until this resolves. */
  #catchingUp: Promise<void> | undefined;

  constructor(bus: Bus) {
    this.#questions = new StandingQuestions(bus);
  }

  /**
   * While the directory cannot be asked, whatever is known counts.
   * @throws AppError `timeout`, `unavailable` when nothing is known either
   */
  async find(roomId: string, userId: string): Promise<Standing> {
    await this.#catchingUp;
    const known = this.#known(roomId, userId);
    return known && permits(known) ? known : this.#ask(roomId, userId, permits);
  }

  /**
   * As the directory answers now. A user who enters a room may have left and rejoined a moment ago;
   * with the version of the new membership, the departure that is still on its way changes nothing.
   * @throws AppError as `find`
   */
  findNow(roomId: string, userId: string): Promise<Standing> {
    return this.#ask(roomId, userId, () => false);
  }

  /** @throws AppError `room_not_found`, `not_authorized`; `timeout`, `unavailable` */
  async require(roomId: string, caller: Caller): Promise<Member> {
    return toMember(await this.find(roomId, caller.userId), caller);
  }

  /** See `findNow`. @throws AppError as `require` */
  async requireNow(roomId: string, caller: Caller): Promise<Member> {
    return toMember(await this.findNow(roomId, caller.userId), caller);
  }

  /** Applies a directory event. False if a later version is already known. */
  joined(room: RoomState, membership: Membership): boolean {
    this.roomChanged(room);
    return this.#note(membership.roomId, membership.userId, stateOf(membership));
  }

  memberChanged(membership: Membership): void {
    this.#note(membership.roomId, membership.userId, stateOf(membership));
  }

  /** See `joined`. Also false if this version is already known. */
  left(roomId: string, userId: string, version: number): boolean {
    const known = this.#members.get(keyOf(roomId, userId));
    if (known?.version === version || !this.#note(roomId, userId, { canSend: null, version })) return false;
    // The event does not carry the room. An answer that already counts the departure corrects this.
    const room = this.#rooms.get(roomId)?.room;
    if (room?.memberCount) this.roomChanged({ ...room, memberCount: room.memberCount - 1 });
    return true;
  }

  /** Whether the cache has an entry for the user in that room. */
  knows(roomId: string, userId: string): boolean {
    return this.#members.has(keyOf(roomId, userId));
  }

  isDeleted(roomId: string): boolean {
    return this.#rooms.get(roomId)?.room === null;
  }

  /** Whether the user was a member when this gateway last learned of them. */
  isMember(roomId: string, userId: string): boolean {
    return membershipOf(this.#members.get(keyOf(roomId, userId))) !== null;
  }

  /** Whether the room or the membership was gone when this gateway last learned of it. */
  isOut(roomId: string, userId: string): boolean {
    return this.isDeleted(roomId) || this.#members.get(keyOf(roomId, userId))?.canSend === null;
  }

  roomChanged(room: RoomState): void {
    this.#rooms.set(room.id, { room });
  }

  roomDeleted(roomId: string): void {
    this.#rooms.set(roomId, { room: null });
  }

  /**
   * Events have been missed, and are applied until then. Callers of `find` wait, but not for long:
   * while the directory cannot be asked, whatever is known counts.
   */
  suspend(until: Promise<unknown>): void {
    const catchingUp = atMost(maxSuspendedMs, until).then(() => {
      if (this.#catchingUp === catchingUp) this.#catchingUp = undefined;
    });
    this.#catchingUp = catchingUp;
  }

  /** Resolves when no missed events are being applied: see `suspend`. */
  async caughtUp(): Promise<void> {
    await this.#catchingUp;
  }

  /** Forgets everything, including answers in flight, after events may have been missed. */
  clear(): void {
    this.#generation++;
    this.#rooms.clear();
    this.#members.clear();
    this.#asking.clear();
  }

  #note(roomId: string, userId: string, news: Known): boolean {
    const key = keyOf(roomId, userId);
    const known = this.#members.get(key);
    if (known && known.version > news.version) return false;
    this.#members.set(key, news);
    return true;
  }

  #known(roomId: string, userId: string): Standing | undefined {
    const room = this.#rooms.get(roomId)?.room;
    if (room === null) return { room, membership: null };
    const known = this.#members.get(keyOf(roomId, userId));
    return room && known && { room, membership: membershipOf(known) };
  }

  /** @param accepts whether the answer to a question that began before the caller came serves */
  async #ask(roomId: string, userId: string, accepts: (standing: Standing) => boolean): Promise<Standing> {
    try {
      const earlier = await this.#asking.get(keyOf(roomId, userId));
      return earlier && accepts(earlier) ? earlier : await this.#begin(roomId, userId);
    } catch (error) {
      const known = this.#known(roomId, userId);
      if (known) return known;
      throw error;
    }
  }

  #begin(roomId: string, userId: string): Promise<Standing> {
    const key = keyOf(roomId, userId);
    const inFlight = this.#asking.get(key);
    if (inFlight !== undefined) return inFlight;
    const asking = this.#fetch(roomId, userId).finally(() => {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    });
    this.#asking.set(key, asking);
    return asking;
  }

  async #fetch(roomId: string, userId: string): Promise<Standing> {
    const key = keyOf(roomId, userId);
    const generation = this.#generation;
    const before = { room: this.#rooms.get(roomId), member: this.#members.get(key) };
    const { room, membership } = await this.#questions.ask(roomId, userId);
    if (generation !== this.#generation) return { room, membership };
    // An event that arrived while we asked may be newer than the answer.
    const knownRoom = this.#rooms.get(roomId);
    const known = this.#members.get(key);
    const learnedRoom = knownRoom && knownRoom !== before.room ? knownRoom : { room };
    const isNewer = membership ? membership.version >= (known?.version ?? 0) : known === before.member;
    const outside: NonMember = { canSend: null, version: known?.version ?? 0 };
    const learned = known && !isNewer ? known : (membership ?? outside);
    this.#rooms.set(roomId, learnedRoom);
    this.#members.set(key, learned);
    return { room: learnedRoom.room, membership: membershipOf(learned) };
  }
}

/** Whether a user may do everything that a member may. Whatever is refused is asked again. */
const permits = ({ room, membership }: Standing): boolean => room !== null && membership?.canSend === true;

const membershipOf = (known: Known | undefined): MemberState | null =>
  known === undefined || known.canSend === null ? null : known;

/** @throws AppError `room_not_found`, `not_authorized` */
function toMember({ room, membership }: Standing, { organizationId }: Caller): Member {
  if (!room || !membership) throw new AppError(refusalFor(room, organizationId));
  return { room, membership };
}

const keyOf = (roomId: string, userId: string) => `${roomId} ${userId}`;
