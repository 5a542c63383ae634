import { ask, type Bus } from '@parley/bus';
import { calls, type RoomState } from '@parley/contracts';

/** The limit of the call's contract. */
const maxRooms = 500;

/** The part of a membership that gateways remember. They know hundreds of thousands. */
export interface MemberState {
  canSend: boolean;
  version: number;
  isBot?: true | undefined;
}

/** A user's relation to a room. */
export interface Standing {
  /** Null if the room does not exist. */
  room: RoomState | null;
  /** Null if the user is not a member. */
  membership: MemberState | null;
}

type Answers = (roomId: string) => Standing;

interface Question {
  roomIds: string[];
  answers: Promise<Answers>;
}

/**
 * Asks the directory. Combines the questions about one user that are asked at the same time, or
 * while an earlier one is not answered: a client that enters its rooms one by one costs few.
 */
export class StandingQuestions {
  readonly #bus: Bus;
  /** The next question about each user. */
  readonly #next = new Map<string, Question>();
  /** Ends with the question about each user that is in flight. */
  readonly #inFlight = new Map<string, Promise<void>>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** @throws AppError `timeout`, `unavailable` */
  async ask(roomId: string, userId: string): Promise<Standing> {
    const question = this.#next.get(userId) ?? this.#begin(userId);
    question.roomIds.push(roomId);
    if (question.roomIds.length === maxRooms) this.#next.delete(userId);
    return (await question.answers)(roomId);
  }

  #begin(userId: string): Question {
    const roomIds: string[] = [];
    const asked = async () => {
      await this.#inFlight.get(userId);
      if (this.#next.get(userId)?.roomIds === roomIds) this.#next.delete(userId);
      const asking = askFor(this.#bus, userId, roomIds);
      this.#track(userId, asking);
      return asking;
    };
    const question = { roomIds, answers: asked() };
    this.#next.set(userId, question);
    return question;
  }

  #track(userId: string, asking: Promise<unknown>): void {
    const ended = asking
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.#inFlight.get(userId) === ended) this.#inFlight.delete(userId);
      });
    this.#inFlight.set(userId, ended);
  }
}

async function askFor(bus: Bus, userId: string, roomIds: string[]): Promise<Answers> {
  const [only, ...others] = roomIds;
  if (only !== undefined && others.length === 0) {
    const { room, members } = await ask(bus, calls.getMemberships, { roomId: only, userIds: [userId] });
    const found = members.find((member) => member.userId === userId);
    return () => ({ room, membership: found ? stateOf(found) : null });
  }
  const { rooms, members } = await ask(bus, calls.getStandings, { userId, roomIds });
  const roomOf = new Map(rooms.map((room) => [room.id, room]));
  const mine = members.filter((member) => member.userId === userId);
  const membershipOf = new Map(mine.map((member) => [member.roomId, stateOf(member)]));
  return (roomId) => ({
    room: roomOf.get(roomId) ?? null,
    membership: membershipOf.get(roomId) ?? null,
  });
}

/** Keeps nothing else of what the directory states. */
export const stateOf = ({ canSend, version, isBot }: MemberState): MemberState => ({
  ...{ canSend, version },
  ...(isBot && { isBot }),
});
