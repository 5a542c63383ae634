import { groupsCast } from './groups-cast.ts';
import { groupsLive } from './groups-live.ts';
import { groupsRest } from './groups-rest.ts';
import { onBothTargets } from './on-both-targets.ts';

onBothTargets('groups', (target) => {
  const cast = groupsCast(target);
  groupsRest(cast);
  groupsLive(cast);
});
