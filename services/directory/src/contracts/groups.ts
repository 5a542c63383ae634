import { groupsContract, type RoomView, requireOwnId } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { addContact } from '../usecases/add-contact.ts';
import { addMembers } from '../usecases/add-members.ts';
import type { Context } from '../usecases/context.ts';
import { createRoom } from '../usecases/create-room.ts';
import { getDashboard } from '../usecases/get-dashboard.ts';
import { getProfile } from '../usecases/get-profile.ts';
import { firstMembersOf } from '../usecases/list-members.ts';
import { updateProfile } from '../usecases/update-profile.ts';
import { groupView, messageView, userView } from './groups-views.ts';

/** Profiles, contacts and groups of the `groups` contract. Auth serves `update-password`. */
export const groupsRoutes = (context: Context): Route[] => [
  route(groupsContract.updateProfile, async ({ caller, body }) => {
    requireOwnId(caller, body.id);
    const {
      name,
      description,
      resume_link: resumeLink,
      role: jobTitle,
      profile_picture: profilePicture,
    } = body;
    const { theme_mode: themeMode, theme_color: themeColor, background_image: backgroundImage } = body;
    return userView(
      await updateProfile(context, caller, {
        name,
        description,
        resumeLink,
        jobTitle,
        profilePicture,
        themeMode,
        themeColor,
        backgroundImage,
      }),
    );
  }),
  route(groupsContract.addContact, async ({ caller, body }) =>
    userView(await addContact(context, caller, body.contactId)),
  ),
  route(groupsContract.getDashboard, async ({ caller, more }) => {
    const { profile, contacts, nextContacts, groups, nextGroups, members, directRooms, latest } =
      await getDashboard(context, caller);
    if (nextContacts) more(`../api/v1/contacts?limit=200&cursor=${nextContacts}`);
    if (nextGroups) more(`../api/v1/rooms?mine=true&limit=200&cursor=${nextGroups}`);
    return {
      user: userView(profile),
      contacts: contacts.map(userView),
      groups: groups.map((group) => groupView(group, members.get(group.id) ?? [])),
      recent_messages: latest.map((message) =>
        messageView(message, caller.userId, directRooms.get(message.roomId)),
      ),
    };
  }),
  route(groupsContract.getUser, async ({ caller, params }) =>
    userView(await getProfile(context, caller, params.id)),
  ),
  route(groupsContract.createGroup, async ({ caller, body }) => {
    requireOwnId(caller, body.created_by);
    const { name, description, group_picture: picture, members } = body;
    const room = await createRoom(context, caller, { kind: 'group', name, description, picture, members });
    return show(context, room);
  }),
  route(groupsContract.addMembers, async ({ caller, body }) => {
    const room = await addMembers(context, caller, body.group_id, body.user_ids);
    return show(context, room);
  }),
];

const show = async (context: Context, room: RoomView) =>
  groupView(room, (await firstMembersOf(context, [room.id])).get(room.id) ?? []);
