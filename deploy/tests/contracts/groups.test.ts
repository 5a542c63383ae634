import { groupsCast } from './groups-cast.ts';
import { groupsLive } from './groups-live.ts';
import { groupsRest } from './groups-rest.ts';
import { onBothTargets, onStack } from './on-both-targets.ts';

onStack('groups', (target) => groupsRest(groupsCast(target)));

onBothTargets('groups: events', (target) => groupsLive(groupsCast(target)));
