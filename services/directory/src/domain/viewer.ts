/**
 * The user whose view is computed: everything that visibility depends on. A `Caller` is a `Viewer`.
 */
export interface Viewer {
  userId: string;
  organizationId: string | null;
  /** Absent in calls between services. */
  sessionId?: string | undefined;
}
