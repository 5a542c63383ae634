import type {
  GroupsGroup,
  GroupsMember,
  GroupsMessage,
  GroupsUser,
  Member,
  Message,
  Profile,
  RoomView,
} from '@parley/contracts';

export const userView = (profile: Profile): GroupsUser => ({
  id: profile.id,
  username: profile.username,
  name: profile.name,
  description: profile.description,
  resume_link: profile.resumeLink,
  role: profile.jobTitle,
  profile_picture: profile.profilePicture,
  theme_mode: profile.themeMode,
  theme_color: profile.themeColor,
  background_image: profile.backgroundImage,
  created_at: profile.createdAt,
});

const memberView = ({ roomId, userId, username, name, joinedAt }: Member): GroupsMember => ({
  group_id: roomId,
  user_id: userId,
  username,
  name,
  created_at: joinedAt,
});

export const groupView = (room: RoomView, members: readonly Member[]): GroupsGroup => ({
  id: room.id,
  name: room.name ?? '',
  description: room.description,
  group_picture: room.picture,
  created_by: room.createdBy,
  created_at: room.createdAt,
  member_count: room.memberCount,
  members: members.map(memberView),
});

/** @param peerId the other user, in a direct room of the viewer */
export const messageView = (
  message: Message,
  viewerId: string,
  peerId: string | undefined,
): GroupsMessage => ({
  id: message.id,
  sender_id: message.userId,
  receiver_id: peerId === undefined ? message.roomId : message.userId === viewerId ? peerId : viewerId,
  is_group: peerId === undefined,
  content: message.content,
  created_at: message.createdAt,
  seq: message.seq,
});
