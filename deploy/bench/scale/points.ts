import type { ScalePoint } from './point.ts';
import { batchedChanges } from './points/batched-changes.ts';
import { brokerOutage } from './points/broker-outage.ts';
import { clusterSubscriptions } from './points/cluster-subscriptions.ts';
import { gatewayMemory } from './points/gateway-memory.ts';
import { inboxes } from './points/inboxes.ts';
import { largeRoom } from './points/large-room.ts';
import { resumingClients } from './points/resuming-clients.ts';
import { rollingUpdate } from './points/rolling-update.ts';
import { statuses } from './points/statuses.ts';
import { updatedRows } from './points/updated-rows.ts';
import { watchedRooms } from './points/watched-rooms.ts';

/** In the order of measurement. */
export const points: readonly ScalePoint[] = [
  largeRoom,
  watchedRooms,
  statuses,
  resumingClients,
  brokerOutage,
  gatewayMemory,
  clusterSubscriptions,
  batchedChanges,
  updatedRows,
  inboxes,
  rollingUpdate,
];
