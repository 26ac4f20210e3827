import type { Container } from './pod';

/** The containers of backups, restores and drills, which are named alike for every engine. */
export const DUMP: Container = { image: 'engine', step: 'dump' };
export const UPLOAD: Container = { image: 'rclone', step: 'upload' };
export const FETCH: Container = { image: 'rclone', step: 'fetch' };
export const RESTORE: Container = { image: 'engine', step: 'restore' };
export const DRILL: Container = { image: 'engine', step: 'drill' };
export const REPORT: Container = { image: 'rclone', step: 'report' };

/** Those of a drill on a physical archive. */
export const HEARTBEAT: Container = { image: 'engine', step: 'heartbeat' };
export const RECOVER: Container = { image: 'engine', step: 'recover' };
