import type { ScalePoint } from './point.ts';
import { largeRoom } from './points/large-room.ts';
import { watchedRooms } from './points/watched-rooms.ts';

/** In the order of measurement. */
export const points: readonly ScalePoint[] = [largeRoom, watchedRooms];
