/** Identifies a user's reaction. */
export interface ReactionKey {
  roomId: string;
  messageId: string;
  userId: string;
  reaction: string;
}

export interface StoredReaction extends ReactionKey {
  active: boolean;
  submissionId: string;
}

export interface NewReaction extends ReactionKey {
  submissionId: string;
  at: Date;
}
