import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';

export const getJwksRoute = ({ keys, clock }: AuthContext) =>
  route(authApi.getJwks, async () => ({ keys: await keys.verifying(new Date(clock())) }));
