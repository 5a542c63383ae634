/** The queue from the gateways to the writer. */
export const submissionsQueue = 'submissions';

/** A message on its way to the writer. */
export interface Submission {
  id: string;
  roomId: string;
  userId: string;
  content: string;
  clientId: string;
}

/** A stored message, as members receive it. */
export interface Change extends Submission {
  seq: number;
  createdAt: string;
}
