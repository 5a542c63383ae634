import { onBothTargets } from './on-both-targets.ts';
import { roomsCast } from './rooms-cast.ts';
import { roomsLimits } from './rooms-limits.ts';
import { roomsLive } from './rooms-live.ts';
import { roomsRest } from './rooms-rest.ts';

// The message limit is part of the contract, so it is on: five in ten seconds per person and room.
const settings = { MESSAGE_RATE: '5/10s' };

onBothTargets(
  'rooms',
  (target) => {
    const cast = roomsCast(target);
    roomsRest(cast);
    roomsLive(cast);
    roomsLimits(cast);
  },
  settings,
);
