import type { Figure, ScalePoint } from '../point.ts';
import { type Rollout, simulateRollout } from '../simulate-rollout.ts';

const size = { gateways: 50, connections: 20_000 };

const ways: readonly (Omit<Rollout, keyof typeof size> & { name: string })[] = [
  { name: 'round-robin', balancing: 'round_robin', surge: 1, cap: Number.POSITIVE_INFINITY },
  { name: 'round-robin, at most 25,000 each', balancing: 'round_robin', surge: 1, cap: 25_000 },
  { name: 'least connections', balancing: 'least_conn', surge: 1, cap: 25_000 },
  { name: 'least connections, five at a time', balancing: 'least_conn', surge: 5, cap: 25_000 },
];

/** A rolling update of 50 gateways with 20,000 connections each: a simulation, without sockets. */
export const rollingUpdate: ScalePoint = {
  title: `an update of ${size.gateways} gateways (simulated)`,
  measure: async () =>
    ways.flatMap(({ name, ...way }): Figure[] => {
      const figures = simulateRollout({ ...size, ...way });
      return [
        { name: `${name}: reconnects per client`, value: Math.round(figures.reconnects * 100) / 100 },
        { name: `${name}: connections that the last gateways drain`, value: figures.largestDrain },
        { name: `${name}: connections that one gateway accepts per drain`, value: figures.largestArrival },
        { name: `${name}: refused attempts`, value: figures.refused },
        { name: `${name}: drains after one another`, value: figures.steps },
      ];
    }),
};
