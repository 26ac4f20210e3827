import { github } from './image-table';
import type { ImageData, ImageTable } from './image-table';

/** Applications. Many mount several folders, and keep what matters most in a database elsewhere. */
export const APPLICATION_IMAGES: ImageTable = {
  wordpress: {
    path: '/var/www/html',
    volumes: ['/var/www/html'],
    always: true,
    source: github('docker-library/wordpress', 'Dockerfile.template'),
  },
  'library/nextcloud': {
    path: '/var/www/html',
    volumes: ['/var/www/html'],
    variables: ['NEXTCLOUD_DATA_DIR'],
    source: github('nextcloud/docker', 'Dockerfile-debian.template'),
  },
  'library/ghost': {
    path: '/var/lib/ghost/content',
    volumes: ['/var/lib/ghost/content'],
    variables: ['paths__contentPath'],
    source: github('docker-library/ghost', 'Dockerfile.template'),
  },
  'grafana/grafana': grafana(),
  'grafana/grafana-oss': grafana(),
  'grafana/grafana-enterprise': grafana(),
  'gitea/gitea': (tag) =>
    tag.includes('rootless')
      ? {
          path: '/var/lib/gitea',
          volumes: ['/var/lib/gitea', '/etc/gitea'],
          variables: ['GITEA_WORK_DIR'],
          source: github('go-gitea/gitea', 'Dockerfile.rootless'),
        }
      : {
          path: '/data',
          volumes: ['/data'],
          variables: ['GITEA_WORK_DIR', 'GITEA_CUSTOM'],
          source: github('go-gitea/gitea', 'Dockerfile'),
        },
  'jenkins/jenkins': {
    path: '/var/jenkins_home',
    volumes: ['/var/jenkins_home'],
    variables: ['JENKINS_HOME'],
    source: github('jenkinsci/docker', 'debian/trixie/hotspot/Dockerfile'),
  },
  'sonatype/nexus3': {
    path: '/nexus-data',
    volumes: ['/nexus-data'],
    source: github('sonatype/docker-nexus3', 'Dockerfile'),
  },
  // VOLUMEs below: data, extensions, logs, temp. Plugins alone on a claim are enough, as the rest is in a database.
  'library/sonarqube': {
    path: '/opt/sonarqube',
    variables: ['SQ_DATA_DIR'],
    source: github('SonarSource/docker-sonarqube', 'community-build/Dockerfile'),
  },
};

function grafana(): ImageData {
  return {
    path: '/var/lib/grafana',
    variables: ['GF_PATHS_DATA'],
    configuration: ['/etc/grafana'],
    source: github('grafana/grafana', 'Dockerfile'),
  };
}
