import { Client } from '../load/client.ts';
import { Histogram, type Latency } from '../load/histogram.ts';
import { type MeasuredPhase, measurePhase } from './measured-phase.ts';
import { connectPeople, joinRooms, type Trial } from './trial.ts';

export interface Resume {
  /** Time to connect, join the room, and read all missed messages. */
  latency: Latency;
  written: MeasuredPhase;
}

const missedMessages = 1_000;
const nobody = { frame: () => undefined, closed: () => undefined };

/**
 * Writes a thousand messages into a room of ten. Then, several times, a person who last saw the
 * room before them resumes.
 */
export async function measureResume(trial: Trial): Promise<Resume | undefined> {
  const { target, generator, sizes } = trial;
  const { archive } = target;
  if (!archive) return undefined;
  const present = await target.people(10);
  await connectPeople(trial, present);
  const [meeting] = await joinRooms(trial, present, present.length);
  const [person] = present;
  const [url = ''] = target.sockets;
  if (!meeting || !person) throw new Error('the target made no room');
  const seen = (await archive.page(meeting.id, person)).last;
  const pace = { kind: 'closed' } as const;
  const written = await measurePhase(trial, [meeting], {
    pace,
    warmUpMs: 0,
    measureMs: 60_000 + sizes.measureMs,
    messages: missedMessages,
  });
  const latency = new Histogram();
  for (let nth = 0; nth < sizes.resumes; nth++) {
    const begin = performance.now();
    const client = await Client.open(url, person.token, nobody);
    await client.join(meeting.id);
    const missed = await archive.missed(meeting.id, person, seen);
    latency.record(performance.now() - begin);
    client.close();
    if (missed !== missedMessages) throw new Error(`read ${missed} of ${missedMessages} missed messages`);
  }
  await generator.order('close', {});
  return { latency: latency.summary(), written };
}
