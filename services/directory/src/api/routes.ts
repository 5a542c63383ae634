import type { Route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { acceptFriendRequestRoute } from './accept-friend-request.ts';
import { addContactRoute } from './add-contact.ts';
import { addMembersRoute } from './add-members.ts';
import { banUserRoute } from './ban-user.ts';
import { blockUserRoute } from './block-user.ts';
import { cancelFriendRequestRoute } from './cancel-friend-request.ts';
import { createInviteRoute } from './create-invite.ts';
import { createRoomRoute } from './create-room.ts';
import { declineFriendRequestRoute } from './decline-friend-request.ts';
import { deleteRoomRoute } from './delete-room.ts';
import { getMyProfileRoute } from './get-my-profile.ts';
import { getRoomRoute } from './get-room.ts';
import { getUserRoute } from './get-user.ts';
import { joinByInviteRoute } from './join-by-invite.ts';
import { joinRoomRoute } from './join-room.ts';
import { leaveRoomRoute } from './leave-room.ts';
import { listBansRoute } from './list-bans.ts';
import { listBlocksRoute } from './list-blocks.ts';
import { listContactsRoute } from './list-contacts.ts';
import { listFriendRequestsRoute } from './list-friend-requests.ts';
import { listFriendsRoute } from './list-friends.ts';
import { listInvitesRoute } from './list-invites.ts';
import { listMembersRoute } from './list-members.ts';
import { listRoomsRoute } from './list-rooms.ts';
import { listUserRoomsRoute } from './list-user-rooms.ts';
import { listUsersRoute } from './list-users.ts';
import { removeContactRoute } from './remove-contact.ts';
import { removeFriendRoute } from './remove-friend.ts';
import { removeMemberRoute } from './remove-member.ts';
import { requestFriendRoute } from './request-friend.ts';
import { revokeInviteRoute } from './revoke-invite.ts';
import { setMemberRoleRoute } from './set-member-role.ts';
import { transferRoomRoute } from './transfer-room.ts';
import { unbanUserRoute } from './unban-user.ts';
import { unblockUserRoute } from './unblock-user.ts';
import { updateMeRoute } from './update-me.ts';
import { updateRoomRoute } from './update-room.ts';

/**
 * Every endpoint of this service. Paths with a fixed segment come before those with a parameter in
 * its place.
 */
export const directoryRoutes = (context: Context): Route[] =>
  [
    listUsersRoute,
    getMyProfileRoute,
    updateMeRoute,
    getUserRoute,
    listUserRoomsRoute,
    listContactsRoute,
    addContactRoute,
    removeContactRoute,
    requestFriendRoute,
    listFriendRequestsRoute,
    acceptFriendRequestRoute,
    declineFriendRequestRoute,
    cancelFriendRequestRoute,
    listFriendsRoute,
    removeFriendRoute,
    listBlocksRoute,
    blockUserRoute,
    unblockUserRoute,
    createRoomRoute,
    listRoomsRoute,
    getRoomRoute,
    updateRoomRoute,
    deleteRoomRoute,
    joinRoomRoute,
    leaveRoomRoute,
    listMembersRoute,
    addMembersRoute,
    removeMemberRoute,
    setMemberRoleRoute,
    transferRoomRoute,
    banUserRoute,
    listBansRoute,
    unbanUserRoute,
    createInviteRoute,
    listInvitesRoute,
    revokeInviteRoute,
    joinByInviteRoute,
  ].map((make) => make(context));
