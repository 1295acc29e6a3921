package objects

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/s3utils"

	"microts/internal/suggest"
)

// Options say how a Store treats a server that is slow or does not answer.
type Options struct {
	// Timeout is for one operation with all its attempts; each MiB that it moves adds a
	// second. 0: 2 minutes.
	Timeout time.Duration

	// RequestTimeout is for a request during which no byte moves. 0: 20 seconds, or half
	// of Timeout if that is less. A cluster that is recovering needs some; a shorter one
	// notices dead servers earlier.
	RequestTimeout time.Duration

	// Attempts is how often a request is tried, with pauses that grow from 0.1 to 3
	// seconds. 0: 8.
	Attempts int

	// Create makes the folder of a file:// URL. Without it, a folder that is missing is
	// an error, since it may be one that is not mounted. Buckets are never made.
	Create bool
}

func (o *Options) fillDefaults() {
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.RequestTimeout <= 0 {
		o.RequestTimeout = min(20*time.Second, o.Timeout/2)
	}
	if o.Attempts <= 0 {
		o.Attempts = 8
	}
}

// IsURL says whether text is a URL as Open takes it, and not a path: s3:// or file://.
func IsURL(text string) bool {
	return strings.HasPrefix(text, "s3://") || strings.HasPrefix(text, "file://")
}

// CleanURL returns the URL of a store as its method URL returns it.
func CleanURL(address string) (string, error) {
	a, err := parse(address)
	if err != nil {
		return "", err
	}
	return a.url, nil
}

// Open opens the store at a URL:
//
//	s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=REGION&path_style=1
//	file:///FOLDER
//
// Without an endpoint, the one of AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is used, and
// without these, Amazon's. The credentials come from the environment (AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), from ~/.aws/credentials, or from the role of
// the machine. The Store is to be closed.
func Open(ctx context.Context, address string, o Options) (Store, error) {
	o.fillDefaults()
	a, err := parse(address)
	if err != nil {
		return nil, err
	}
	if a.folder != "" {
		return openFolder(ctx, a, o)
	}
	return openS3(ctx, a, o)
}

// address is what a URL says.
type address struct {
	url            string // without what is not needed
	folder         string // of file://; "" for S3, which all others are for
	bucket, prefix string // the prefix is empty or ends with a slash
	endpoint       *url.URL
	region         string
	style          string // of addressing a bucket: "1" in the path, "0" in the host's name, "": what suits the endpoint
}

var parameters = []string{"endpoint", "region", "path_style"}

// parse reads a URL. No error shows a user, a password or the value of a parameter that
// it does not know.
func parse(text string) (*address, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme != "s3" && scheme != "file" {
		return nil, errors.New("URL of a store: s3://BUCKET/PREFIX or file:///FOLDER expected")
	}
	if authority, _, _ := strings.Cut(rest, "/"); strings.Contains(authority, "@") {
		return nil, secretInURL(scheme)
	}
	u, err := url.Parse(text)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err
		}
		return nil, fmt.Errorf("URL of a store: %v", err)
	}
	if u.Fragment != "" {
		return nil, fmt.Errorf("URL of a store: no # expected in it; write %%23")
	}
	if scheme == "file" {
		return parseFolder(u)
	}
	return parseS3(u)
}

func secretInURL(scheme string) error {
	return fmt.Errorf("URL of a store: no user and no password expected in %s://; credentials come from the environment, from ~/.aws/credentials or from the role of the machine", scheme)
}

func parseFolder(u *url.URL) (*address, error) {
	if u.Host != "" && u.Host != "localhost" || u.RawQuery != "" || !filepath.IsAbs(u.Path) {
		return nil, errors.New("URL of a store: file:///FOLDER with the whole path of the folder expected")
	}
	folder := filepath.Clean(u.Path)
	return &address{url: (&url.URL{Scheme: "file", Path: folder}).String(), folder: folder}, nil
}

func parseS3(u *url.URL) (*address, error) {
	if err := s3utils.CheckValidBucketName(u.Host); err != nil {
		return nil, fmt.Errorf("URL of a store: s3://BUCKET/PREFIX expected, got the bucket %q: %v", u.Host, err)
	}
	a := &address{bucket: u.Host}
	if p := strings.Trim(u.Path, "/"); p != "" {
		if err := checkKey(p); err != nil || path.Clean(p) != p {
			return nil, fmt.Errorf("URL of a store: the prefix %q is none that objects can have", p)
		}
		a.prefix = p + "/"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("URL of a store: its parameters cannot be read: endpoint=URL&region=NAME&path_style=1 expected")
	}
	for name := range query {
		if !slices.Contains(parameters, name) {
			return nil, unknownParameter(name)
		}
	}
	if a.endpoint, err = parseEndpoint("endpoint", query.Get("endpoint")); err != nil {
		return nil, err
	}
	a.region = query.Get("region")
	switch a.style = query.Get("path_style"); a.style {
	case "", "0", "1":
	default:
		return nil, fmt.Errorf("URL of a store: path_style: 0 or 1 expected, got %q", a.style)
	}
	a.url = showURL(a)
	return a, a.fillFromEnvironment()
}

func unknownParameter(name string) error {
	near := suggest.Nearest(name, parameters)
	if near == "" {
		return fmt.Errorf("URL of a store: unknown parameter %q; it has %s", name, strings.Join(parameters, ", "))
	}
	return fmt.Errorf("URL of a store: unknown parameter %q; did you mean %s?", name, near)
}

// showURL returns the URL of a as it was given.
func showURL(a *address) string {
	query := url.Values{}
	if a.endpoint != nil {
		query.Set("endpoint", a.endpoint.String())
	}
	if a.region != "" {
		query.Set("region", a.region)
	}
	if a.style != "" {
		query.Set("path_style", a.style)
	}
	u := url.URL{Scheme: "s3", Host: a.bucket, Path: strings.TrimSuffix("/"+a.prefix, "/")}
	// The endpoint is easier to read, and to copy, with its colon and slashes.
	u.RawQuery = strings.NewReplacer("%3A", ":", "%2F", "/").Replace(query.Encode())
	return u.String()
}

// fillFromEnvironment sets what the URL does not say.
func (a *address) fillFromEnvironment() (err error) {
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"} {
		if a.endpoint == nil {
			if a.endpoint, err = parseEndpoint(name, os.Getenv(name)); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if a.region == "" {
			a.region = os.Getenv(name)
		}
	}
	if a.endpoint == nil {
		a.endpoint = &url.URL{Scheme: "https", Host: "s3.amazonaws.com"}
	}
	if a.region == "" && !s3utils.IsAmazonEndpoint(*a.endpoint) {
		a.region = "us-east-1" // what servers of one place call theirs
	}
	return nil
}

// parseEndpoint reads the URL of a server; nil for "".
func parseEndpoint(name, text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	if strings.Contains(text, "@") {
		return nil, secretInURL("the " + name + " of s3")
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: http://HOST:PORT or https://HOST expected, got %q", name, text)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}
