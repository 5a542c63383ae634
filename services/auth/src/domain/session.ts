/** Where a session is used from, as its owner is shown it. */
export interface Device {
  userAgent: string;
  address: string;
}

export interface Session extends Device {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
}

/** A token that was on its way when its session ended was signed a moment later, perhaps by a replica whose clock is ahead. */
const lastSignedMs = 60_000;

/** How long a session that has ended is remembered: until the last of its tokens is worthless by itself. */
export const rememberedMs = (accessTtlMs: number): number => accessTtlMs + lastSignedMs;
