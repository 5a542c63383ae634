import { type Migration, outboxMigration } from '@parley/database';
import { initial } from './0001-initial.ts';
import { erasureMigration } from './0002-erasure.ts';
import { clientContractsMigration } from './0003-client-contracts.ts';
import { tokenLivesMigration } from './0004-token-lives.ts';
import { skeletonsMigration } from './0005-skeletons.ts';
import { invitesMigration } from './0006-invites.ts';
import { keysMigration } from './0007-keys.ts';
import { issuersMigration } from './0008-issuers.ts';
import { botsMigration } from './0009-bots.ts';

export const migrations: readonly Migration[] = [
  outboxMigration,
  initial,
  erasureMigration,
  clientContractsMigration,
  tokenLivesMigration,
  skeletonsMigration,
  invitesMigration,
  keysMigration,
  issuersMigration,
  botsMigration,
];
