import type { EventOf } from '@parley/contracts';
import { changeOrganization } from '../usecases/change-organization.ts';
import type { Context } from '../usecases/context.ts';

export const userOrganizationChanged = (
  context: Context,
  { data, time }: EventOf<'user.organization_changed'>,
): Promise<void> =>
  changeOrganization(context, {
    userId: data.userId,
    organizationId: data.organizationId,
    changedAt: new Date(time),
  });
