# A bucket of Google Cloud Storage.
# Where access is uniform, as it should be, objects have no ACL. Otherwise rclone makes the bucket when its name is misspelt.
by_default BUCKET_POLICY_ONLY=true NO_CHECK_BUCKET=true

kind=bucket

remote_advice() {
  bucket="bucket $path"
  case $(cat "$log") in
    *'bucket does not exist'* | *'directory not found'* | *'googleapi: Error 404'*) echo "there is no $bucket: make it, or correct the name" ;;
    *retentionPolicyNotMet* | *'retention policy'* | *objectUnderActiveHold*) echo "$bucket keeps its objects for a time: see its retention policy" ;;
    *invalid_grant* | *'Invalid JWT'*)
      echo "Google Cloud does not take the key: put one that is active into the Secret, and see the clock of this node"
      ;;
    *'failed to read Google credentials'* | *'invalid character'* | *'error processing credentials'*)
      echo 'the file in the Secret is no key of a service account: put its JSON there, as it was downloaded'
      ;;
    *'Error 401'* | *'Error 403'* | *forbidden* | *'could not find default credentials'* | *'metadata'*)
      echo "the credentials may not do this on $bucket: give them the role Storage Object User on it"
      ;;
  esac
}

remote_keeps() { grep -q 'retentionPolicyNotMet\|retention policy\|objectUnderActiveHold' "$log"; }

# What was composed of parts has none.
remote_md5() { md5_of "$1"; }
