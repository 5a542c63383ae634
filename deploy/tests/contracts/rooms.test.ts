import { onBothTargets, onStack } from './on-both-targets.ts';
import { roomsCast } from './rooms-cast.ts';
import { roomsLive } from './rooms-live.ts';
import { roomsRest } from './rooms-rest.ts';

onStack('rooms', (target) => roomsRest(roomsCast(target)));

onBothTargets('rooms: events', (target) => roomsLive(roomsCast(target)));
