import { Crowd } from './crowd.ts';
import type { OrderName, Orders, Report } from './orders.ts';
import { runPhase } from './run-phase.ts';

// The generator process. The benchmark forks it, sends it orders, and ends it by closing the
// channel.
const report = (message: Report) => process.send?.(message);
const crowd = new Crowd();
type Work = { [Name in OrderName]: (ask: Orders[Name]['ask']) => Promise<Orders[Name]['answer']> };
const work: Work = {
  connect: (ask) => crowd.connect(ask),
  join: async ({ rooms }) => {
    await crowd.join(rooms);
    return {};
  },
  run: (phase) => runPhase(crowd, phase, (mark) => report({ kind: 'mark', mark })),
  close: async () => {
    crowd.close();
    return {};
  },
};

async function carryOut<Name extends OrderName>({
  name,
  ask,
}: {
  name: Name;
  ask: Orders[Name]['ask'];
}): Promise<void> {
  try {
    report({ kind: 'done', answer: await work[name](ask) });
  } catch (error) {
    report({ kind: 'failed', error: String(error) });
  }
}

process.on('message', (order: { name: OrderName; ask: Orders[OrderName]['ask'] }) => void carryOut(order));
process.on('disconnect', () => process.exit());
