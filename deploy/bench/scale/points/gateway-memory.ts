import { runSimulation } from '../../../simulate/run-simulation.ts';
import type { ScalePoint } from '../point.ts';

const connections = 20_000;
const roomsOfEach = 20;

/** The tables of a full gateway: connections without sockets, each in rooms that no other has. */
export const gatewayMemory: ScalePoint = {
  title: `a gateway with ${connections} connections × ${roomsOfEach} rooms, without sockets`,
  async measure() {
    const size = { connections, roomsOfEach, roomSize: 10, messages: 100, renewMs: 5_000, renewals: 0 };
    const { bytesPerConnection, bytesPerRoom } = await runSimulation(size);
    const bytes = connections * (bytesPerConnection + roomsOfEach * bytesPerRoom);
    return [
      { name: 'bytes per connection', value: Math.round(bytesPerConnection) },
      { name: 'bytes per joined room', value: Math.round(bytesPerRoom) },
      { name: 'all tables (MB)', value: Math.round(bytes / 1e6) },
    ];
  },
};
