import { BACKUP_RULES } from './backup-rules';
import { CLAIM_RULES } from './claim-rules';
import { IMAGE_RULES } from './image-rules';
import { POD_RULES } from './pod-rules';
import { REMOVAL_RULES } from './removal-rules';
import type { Rule } from './rule';
import { SET_RULES } from './set-rules';
import { TEMPLATE_RULES } from './template-rules';
import { VOLUME_RULES } from './volume-rules';
import { WORKLOAD_RULES } from './workload-rules';

/** All rules. Their ids are stable: lock files and documentation name them. */
export const RULES: readonly Rule[] = [
  ...SET_RULES,
  ...TEMPLATE_RULES,
  ...POD_RULES,
  ...IMAGE_RULES,
  ...CLAIM_RULES,
  ...VOLUME_RULES,
  ...WORKLOAD_RULES,
  ...BACKUP_RULES,
  ...REMOVAL_RULES,
];
