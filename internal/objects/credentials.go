package objects

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// chain is the places where credentials are looked for, in their order. Other than
// minio's, it does not take it for a wish to be anonymous if it finds none.
type chain struct {
	all   []credentials.Provider
	found credentials.Provider
}

// roleVariables are those of the environment that say where a role's credentials are.
var roleVariables = []string{"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}

func newChain(endpoint *url.URL, c *connection) *chain {
	all := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	// On a machine that is none of Amazon's, nobody answers at the address of the roles.
	told := slices.ContainsFunc(roleVariables, func(name string) bool { return os.Getenv(name) != "" })
	if told || s3utils.IsAmazonEndpoint(*endpoint) {
		all = append(all, &credentials.IAM{Client: &http.Client{Transport: c}})
	}
	return &chain{all: all}
}

// noCredentialsError is returned when there are no credentials.
type noCredentialsError struct {
	passing bool // the role of the machine could not be asked
	err     error
}

func (e *noCredentialsError) Error() string { return "no credentials found: " + clean(e.err) }

// RetrieveWithCredContext is that of credentials.Provider.
func (c *chain) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	missing := &noCredentialsError{}
	var all []error
	for _, p := range c.all {
		v, err := p.RetrieveWithCredContext(cc)
		if err == nil && v.AccessKeyID != "" && v.SecretAccessKey != "" {
			c.found = p
			return v, nil
		}
		if _, role := p.(*credentials.IAM); role && err != nil {
			missing.passing = true
			all = append(all, err)
		}
	}
	missing.err = errors.Join(append([]error{errors.New("none in the environment and in ~/.aws/credentials")}, all...)...)
	return credentials.Value{}, missing
}

// Retrieve is that of credentials.Provider.
func (c *chain) Retrieve() (credentials.Value, error) { return c.RetrieveWithCredContext(nil) }

// IsExpired is that of credentials.Provider.
func (c *chain) IsExpired() bool { return c.found == nil || c.found.IsExpired() }
