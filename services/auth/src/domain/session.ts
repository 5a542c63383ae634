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
