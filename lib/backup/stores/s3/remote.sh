# A bucket of S3, or of what speaks its protocol.
# 4 parts of 8 MiB are all that is held in memory, and more of a file that would have more than 10,000 of them. Otherwise rclone makes the
# bucket when its name is misspelt. An MD5 that it declared of many parts would be its own word.
by_default CHUNK_SIZE=8Mi UPLOAD_CONCURRENCY=4 NO_CHECK_BUCKET=true DISABLE_CHECKSUM=true
# Of one part the store says the MD5 that it computed, so with VERIFY=checksum there are as few of many as it allows.
[ "${VERIFY:-readBack}" != checksum ] || by_default UPLOAD_CUTOFF=5Gi

kind=bucket

remote_advice() {
  bucket="bucket $path"
  case $(cat "$log") in
    *NoSuchBucket* | *InvalidBucketName* | *'directory not found'*) echo "there is no $bucket: make it, or correct the name, the region or the endpoint" ;;
    *RequestTimeTooSkewed*) echo "the clock of this node differs from the store's by more than 15 minutes: set the clock" ;;
    *AuthorizationHeaderMalformed* | *PermanentRedirect* | *'301 Moved'* | *IllegalLocationConstraint* | *'StatusCode: 301'*)
      echo "$bucket is not in region ${RCLONE_CONFIG_BLOBS_REGION:-us-east-1}: set the region that it is in"
      ;;
    *InvalidAccessKeyId*) echo 'the store does not know this access key: put the id of one that is active into the Secret' ;;
    *SignatureDoesNotMatch*) echo 'the secret access key is not that of the id: put both of one key into the Secret, without blanks' ;;
    *ExpiredToken* | *InvalidIdentityToken* | *AssumeRoleWithWebIdentity*)
      echo "the role does not take this pod's identity: see the trust policy of the role and the annotation or association of the ServiceAccount"
      ;;
    *'object protected by object lock'* | *'WORM protected'* | *ObjectLocked*) echo "$bucket has object lock: see its retention" ;;
    *InvalidObjectState*) echo "it lies in an archive of $bucket: restore it there first, and take a storage class that is read at once" ;;
    *AccessDenied* | *'StatusCode: 403'* | *'Forbidden'*)
      echo "the credentials may not do this on $bucket: allow s3:ListBucket, and s3:GetObject, PutObject, DeleteObject and AbortMultipartUpload on what is in it"
      ;;
    *"$path."*'no such host'* | *"$path."*'certificate'*)
      echo "the store does not have its buckets in the host name: set forcePathStyle to true, or correct the endpoint"
      ;;
    *'MethodNotAllowed'* | *'StatusCode: 405'*)
      echo 'what answers is no S3, or its buckets are in the other part of the address: correct the endpoint, or set forcePathStyle'
      ;;
  esac
}

remote_keeps() { grep -q 'object protected by object lock\|WORM protected\|ObjectLocked' "$log"; }

# Who may not ask for it (s3:GetBucketVersioning) is told nothing.
remote_hides() { rclone backend versioning "blobs:$path" 2> /dev/null | grep -q Enabled; }

# What AWS encrypts with a key of KMS has an ETag that is no MD5: it is none of ours then, and is read back.
remote_md5() { md5_of "$1"; }

# Not all that speak S3 heed it, and those that do not write over what is there: this one is asked.
remote_once() {
  once='If-None-Match: *'
  ! rclone copyto --ignore-times --header-upload "$once" "$1" "$(at "$2")" 2> "$log" || once=
  grep -q 'PreconditionFailed\|StatusCode: 412' "$log" || once=
}
