export const { WebSocket } = globalThis as { WebSocket?: unknown };
