import { APPLICATION_RULES } from './application-rules';
import { BACKUP_RULES } from './backup-rules';
import { CLAIM_RULES } from './claim-rules';
import { CLOUDNATIVE_PG_RULES } from './cloudnative-pg-rules';
import { FOLDER_RULES } from './folder-rules';
import { IMAGE_RULES } from './image-rules';
import { OPERATOR_RULES } from './operator-rules';
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
  ...FOLDER_RULES,
  ...IMAGE_RULES,
  ...CLAIM_RULES,
  ...VOLUME_RULES,
  ...WORKLOAD_RULES,
  ...BACKUP_RULES,
  ...REMOVAL_RULES,
  ...APPLICATION_RULES,
  ...OPERATOR_RULES,
  ...CLOUDNATIVE_PG_RULES,
];
