export interface Rollout {
  gateways: number;
  /** Of each gateway before the rollout. */
  connections: number;
  /** How many gateways drain at a time, each after its successor is ready (`maxSurge`). */
  surge: number;
  balancing: 'round_robin' | 'least_conn';
  /** A gateway with as many connections refuses further ones; the client then tries another. */
  cap: number;
}

export interface RolloutFigures {
  /** How often a client reconnects, on average. */
  reconnects: number;
  /** Connections that one gateway had to close. */
  largestDrain: number;
  /** Connections that one gateway accepted while others drained. */
  largestArrival: number;
  refused: number;
  /** Drains after one another. */
  steps: number;
}

interface Gateway {
  connections: number;
  isNew: boolean;
}

/**
 * Replaces every gateway once, as a rolling update of a Deployment does. Nobody else connects or
 * leaves meanwhile.
 * @throws Error if no gateway accepts a client
 */
export function simulateRollout({ gateways, connections, surge, balancing, cap }: Rollout): RolloutFigures {
  let live = Array.from({ length: gateways }, (): Gateway => ({ connections, isNew: false }));
  const figures = { reconnects: 0, largestDrain: 0, largestArrival: 0, refused: 0, steps: 0 };
  const choose = balancing === 'least_conn' ? fewest : nextOf();
  let moved = 0;
  while (live.some(({ isNew }) => !isNew)) {
    const draining = live.filter(({ isNew }) => !isNew).slice(0, surge);
    const successors = draining.map((): Gateway => ({ connections: 0, isNew: true }));
    live = [...live.filter((gateway) => !draining.includes(gateway)), ...successors];
    const before = live.map((gateway) => gateway.connections);
    const closed = draining.map((gateway) => gateway.connections);
    for (let left = closed.reduce((sum, count) => sum + count, 0); left > 0; left--, moved++)
      figures.refused += connect(live, choose, cap);
    figures.steps += 1;
    figures.largestDrain = Math.max(figures.largestDrain, ...closed);
    const arrivals = live.map((gateway, index) => gateway.connections - (before[index] ?? 0));
    figures.largestArrival = Math.max(figures.largestArrival, ...arrivals);
  }
  return { ...figures, reconnects: moved / (gateways * connections) };
}

type Choose = (live: readonly Gateway[]) => Gateway | undefined;

/** Returns how many gateways have refused the client first. */
function connect(live: readonly Gateway[], choose: Choose, cap: number): number {
  for (let refused = 0; refused <= live.length; refused++) {
    const gateway = choose(live);
    if (!gateway || gateway.connections >= cap) continue;
    gateway.connections += 1;
    return refused;
  }
  throw new Error('every gateway is full');
}

/** In a loop of its own, because it runs a million times. */
function fewest(live: readonly Gateway[]): Gateway | undefined {
  let [least] = live;
  for (const gateway of live) if (least && gateway.connections < least.connections) least = gateway;
  return least;
}

function nextOf(): Choose {
  let turn = 0;
  return (live) => live[turn++ % live.length];
}
