/** Whose eyes: all that visibility depends on. A `Caller` is one. */
export interface Viewer {
  userId: string;
  organizationId: string | null;
}
