// k8s-validate says what the API server of Kubernetes would say of the Jobs in files,
// without a server: it decodes them strictly, and applies the server's defaults, strategy
// and validation. Other kinds than Job are decoded strictly only.
//
//	k8s-validate FILE...
//
// It is a module of its own, since it needs all of Kubernetes. The tests of microts run it.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/batch"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	strict "sigs.k8s.io/yaml"
)

func main() {
	wrong := false
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			wrong = true
		}
	}
	if wrong {
		os.Exit(1)
	}
}

// check checks the documents of a file.
func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	jobs := 0
	for documents := yaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(text))); ; {
		document := make([]byte, len(text)+1)
		n, err := documents.Read(document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var kind metav1.TypeMeta
		if err := strict.Unmarshal(document[:n], &kind); err != nil {
			return err
		}
		if kind.Kind != "Job" {
			return fmt.Errorf("a Job expected, got the kind %q", kind.Kind)
		}
		if err := checkJob(document[:n]); err != nil {
			return err
		}
		jobs++
	}
	if jobs == 0 {
		return errors.New("it holds no Job")
	}
	return nil
}

// checkJob checks a Job as the server does before it stores a new one.
func checkJob(text []byte) error {
	var v1 batchv1.Job
	if err := strict.UnmarshalStrict(text, &v1); err != nil {
		return err
	}
	v1.Namespace, v1.UID = metav1.NamespaceDefault, "1"
	legacyscheme.Scheme.Default(&v1)
	var internal batch.Job
	if err := legacyscheme.Scheme.Convert(&v1, &internal, nil); err != nil {
		return err
	}
	ctx := request.WithRequestInfo(request.NewDefaultContext(), &request.RequestInfo{APIGroup: "batch", APIVersion: "v1"})
	job.Strategy.PrepareForCreate(ctx, &internal)
	if errs := job.Strategy.Validate(ctx, &internal); len(errs) > 0 {
		return errs.ToAggregate()
	}
	for _, warning := range job.Strategy.WarningsOnCreate(ctx, &internal) {
		return errors.New(warning)
	}
	return nil
}
