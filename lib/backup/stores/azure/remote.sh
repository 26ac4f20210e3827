# A container of Azure Blob Storage: STORAGE_ACCOUNT, CONTAINER_NAME, BLOB_ENDPOINT, BLOB_AUTHENTICATION.
# 4 blocks of 8 MiB are all that is held in memory. Otherwise rclone makes the container when its name is misspelt. An MD5 that it declared would be
# its own word, and the file would be read twice for it.
export RCLONE_AZUREBLOB_CHUNK_SIZE=8Mi RCLONE_AZUREBLOB_UPLOAD_CONCURRENCY=4 RCLONE_AZUREBLOB_NO_CHECK_CONTAINER=true RCLONE_AZUREBLOB_DISABLE_CHECKSUM=true

remote() {
  path=$CONTAINER_NAME
  place="container $CONTAINER_NAME"
  export RCLONE_CONFIG_BLOBS_TYPE=azureblob RCLONE_CONFIG_BLOBS_ACCOUNT="$STORAGE_ACCOUNT"
  [ -z "${BLOB_ENDPOINT:-}" ] || export RCLONE_CONFIG_BLOBS_ENDPOINT="$BLOB_ENDPOINT"
  case ${BLOB_AUTHENTICATION:-accountKey} in
    accountKey)
      key=$(secret storageKey.txt)
      # rclone would go on as anonymous.
      [ "$key" ] || fail "no storage key: put the key of account $STORAGE_ACCOUNT into storageKey.txt of the Secret"
      export RCLONE_CONFIG_BLOBS_KEY="$key"
      ;;
    workloadIdentity) export RCLONE_CONFIG_BLOBS_ENV_AUTH=true ;;
    *) fail "BLOB_AUTHENTICATION is $BLOB_AUTHENTICATION: set accountKey or workloadIdentity" ;;
  esac
}

remote_advice() {
  case $(cat "$log") in
    *ContainerNotFound* | *'directory not found'*)
      echo "account $STORAGE_ACCOUNT has no container $CONTAINER_NAME: make it, or correct the name"
      ;;
    *BlobImmutable*) echo "container $CONTAINER_NAME is immutable there: see its policies" ;;
    *InsufficientAccountPermissions* | *AuthorizationPermissionMismatch*)
      echo "give this identity the role Storage Blob Data Contributor on container $CONTAINER_NAME"
      ;;
    *AuthenticationFailed* | *AuthorizationFailure* | *'account key'* | *'RESPONSE 403'*)
      echo "account $STORAGE_ACCOUNT refuses the credentials: put its key into storageKey.txt of the Secret, and see its firewall"
      ;;
  esac
}

remote_keeps() { grep -q BlobImmutable "$log"; }
