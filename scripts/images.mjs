// Puts the scripts of backups into the folder of the image that does it all, as a build sees nothing outside of its folder.
import { readFileSync, writeFileSync } from 'node:fs';

const FOLDER = 'images/backup-job';
const scripts = {
  'dump.sh': ['sh', 'lib/database/postgres/client.sh', 'lib/database/postgres/dump.sh'],
  'upload.sh': ['bash', 'lib/backup/blob-store.sh', 'lib/backup/prune.sh', 'lib/backup/upload.sh'],
};

for (const [name, [shell, ...sources]] of Object.entries(scripts)) {
  const head = `#!/usr/bin/env ${shell}\n# Written by \`npm run images\`; change it in ${sources.join(', ')}.\n`;
  writeFileSync(`${FOLDER}/${name}`, head + sources.map((source) => readFileSync(source, 'utf-8')).join(''));
}
console.log(`${FOLDER}/ holds ${Object.keys(scripts).join(', ')}.`);
