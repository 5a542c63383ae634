import { startFloor } from './floor.ts';
import { startHubs } from './hub.ts';
import { startParleyEmbedded } from './parley-embedded.ts';
import { startParleyStack } from './parley-stack.ts';
import { startSimpleTarget } from './simple.ts';
import type { Target, TargetName } from './target.ts';

const starts: Record<TargetName, () => Promise<Target>> = {
  hub: () => startHubs('hub', 1),
  hubs: () => startHubs('hubs', 2),
  simple: startSimpleTarget,
  floor: startFloor,
  parley: () => startParleyStack('parley', 2),
  embedded: startParleyEmbedded,
  'parley-1': () => startParleyStack('parley-1', 1),
  'parley-4': () => startParleyStack('parley-4', 4),
};

export const startTarget = (name: TargetName): Promise<Target> => starts[name]();
