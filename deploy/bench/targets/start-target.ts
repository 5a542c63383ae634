import { startFloor } from './floor.ts';
import { startHubs } from './hub.ts';
import { startParleyEmbedded } from './parley-embedded.ts';
import { startParleyStack } from './parley-stack.ts';
import { startSimpleTarget } from './simple.ts';
import type { ServerUrls, Target, TargetName } from './target.ts';

const starts: Record<TargetName, (servers?: ServerUrls) => Promise<Target>> = {
  hub: () => startHubs('hub', 1),
  hubs: () => startHubs('hubs', 2),
  simple: startSimpleTarget,
  floor: startFloor,
  parley: (servers) => startParleyStack('parley', 2, servers),
  embedded: () => startParleyEmbedded(),
  'parley-1': (servers) => startParleyStack('parley-1', 1, servers),
  'parley-4': (servers) => startParleyStack('parley-4', 4, servers),
};

/** @param servers @default private ones */
export const startTarget = (name: TargetName, servers?: ServerUrls): Promise<Target> => starts[name](servers);
