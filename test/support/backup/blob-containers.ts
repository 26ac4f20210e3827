import type { Container } from './pod';

/** The containers of rclone's image, which are the same for every engine. */
export const UPLOAD: Container = {
  image: 'rclone',
  scripts: ['backup/blob-store.sh', 'backup/prune.sh', 'backup/upload.sh'],
};
export const FETCH: Container = { image: 'rclone', scripts: ['backup/blob-store.sh', 'backup/fetch.sh'] };
export const REPORT: Container = { image: 'rclone', scripts: ['backup/blob-store.sh', 'backup/report.sh'] };
