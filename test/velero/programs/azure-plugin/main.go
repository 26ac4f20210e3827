// A Velero plugin that keeps backups in Azure's blob storage, as velero-plugin-for-microsoft-azure does, which is no Go
// module that can be had by its version. Reaching the account is Velero's own code, the one by which kopia reaches it.
// Tests only: it makes no volume snapshots.
package main

import (
	"context"
	"io"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/sirupsen/logrus"
	"github.com/spf13/pflag"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
	"github.com/vmware-tanzu/velero/pkg/util/azure"
)

func main() {
	framework.NewServer().
		BindFlags(pflag.CommandLine).
		RegisterObjectStore("velero.io/azure", func(log logrus.FieldLogger) (interface{}, error) {
			return &objectStore{log: log}, nil
		}).
		Serve()
}

type objectStore struct {
	log    logrus.FieldLogger
	client *azblob.Client
}

// Keys that a location may have: those of Velero's package, and what Velero adds to each location's.
var known = []string{
	azure.BSLConfigResourceGroup,
	azure.BSLConfigStorageAccount,
	azure.BSLConfigStorageAccountAccessKeyName,
	azure.BSLConfigSubscriptionID,
	azure.BSLConfigStorageAccountURI,
	azure.BSLConfigUseAAD,
	azure.BSLConfigActiveDirectoryAuthorityURI,
	"blockSizeInBytes",
	"credentialsFile",
}

func (s *objectStore) Init(config map[string]string) error {
	if err := framework.ValidateObjectStoreConfigKeys(config, known...); err != nil {
		return err
	}
	client, _, err := azure.NewStorageClient(s.log, config)
	s.client = client
	return err
}

func (s *objectStore) PutObject(bucket, key string, body io.Reader) error {
	_, err := s.client.UploadStream(context.Background(), bucket, key, body, nil)
	return err
}

func (s *objectStore) ObjectExists(bucket, key string) (bool, error) {
	_, err := s.client.ServiceClient().NewContainerClient(bucket).NewBlobClient(key).GetProperties(context.Background(), nil)
	if bloberror.HasCode(err, bloberror.BlobNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *objectStore) GetObject(bucket, key string) (io.ReadCloser, error) {
	response, err := s.client.DownloadStream(context.Background(), bucket, key, nil)
	return response.Body, err
}

func (s *objectStore) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	options := &container.ListBlobsHierarchyOptions{Prefix: &prefix}
	pages := s.client.ServiceClient().NewContainerClient(bucket).NewListBlobsHierarchyPager(delimiter, options)
	var prefixes []string
	for pages.More() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return nil, err
		}
		for _, folder := range page.Segment.BlobPrefixes {
			prefixes = append(prefixes, *folder.Name)
		}
	}
	return prefixes, nil
}

func (s *objectStore) ListObjects(bucket, prefix string) ([]string, error) {
	pages := s.client.NewListBlobsFlatPager(bucket, &azblob.ListBlobsFlatOptions{Prefix: &prefix})
	var keys []string
	for pages.More() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return nil, err
		}
		for _, blob := range page.Segment.BlobItems {
			keys = append(keys, *blob.Name)
		}
	}
	return keys, nil
}

func (s *objectStore) DeleteObject(bucket, key string) error {
	_, err := s.client.DeleteBlob(context.Background(), bucket, key, nil)
	return err
}

// Velero's client reads logs and results of backups by these; the account's key signs them.
func (s *objectStore) CreateSignedURL(bucket, key string, ttl time.Duration) (string, error) {
	blob := s.client.ServiceClient().NewContainerClient(bucket).NewBlobClient(key)
	return blob.GetSASURL(sas.BlobPermissions{Read: true}, time.Now().Add(ttl), nil)
}
