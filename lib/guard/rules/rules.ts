import { BACKUP_RULES } from './backup-rules';
import { CLAIM_RULES, VOLUME_RULES } from './claim-rules';
import { POD_RULES } from './pod-rules';
import { REMOVAL_RULES } from './removal-rules';
import type { Rule } from './rule';
import { SET_RULES } from './set-rules';

/** All rules. Their ids are stable: lock files and documentation name them. */
export const RULES: readonly Rule[] = [
  ...SET_RULES,
  ...POD_RULES,
  ...CLAIM_RULES,
  ...VOLUME_RULES,
  ...BACKUP_RULES,
  ...REMOVAL_RULES,
];
