import { APPLICATION_CASES } from './application-cases';
import { BACKUP_CASES } from './backup-cases';
import type { Case } from './case';
import { CLAIM_CASES } from './claim-cases';
import { CLUSTER_CASES, OBJECT_STORE_CASES } from './cloudnative-pg-cases';
import { POD_CASES } from './pod-cases';
import { REMOVAL_CASES } from './removal-cases';
import { SET_CASES } from './set-cases';

/** All changes that the guard is tried with, on their own and on a server. */
export const CASES: readonly Case[] = [
  ...SET_CASES,
  ...POD_CASES,
  ...CLAIM_CASES,
  ...BACKUP_CASES,
  ...REMOVAL_CASES,
  ...APPLICATION_CASES,
  ...CLUSTER_CASES,
  ...OBJECT_STORE_CASES,
];
