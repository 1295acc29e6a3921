package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3 is a Store in a bucket.
type s3 struct {
	url, bucket, prefix string
	o                   Options
	core                minio.Core
	connection          *connection
	credentials         *credentials.Credentials
}

func openS3(ctx context.Context, a *address, o Options) (Store, error) {
	s := &s3{url: a.url, bucket: a.bucket, prefix: a.prefix, o: o, connection: newConnection(o.RequestTimeout)}
	s.credentials = credentials.New(newChain(a.endpoint, s.connection))
	lookup := minio.BucketLookupAuto
	switch a.style {
	case "0":
		lookup = minio.BucketLookupDNS
	case "1":
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(a.endpoint.Host, &minio.Options{
		Creds:        s.credentials,
		Secure:       a.endpoint.Scheme == "https",
		Transport:    s.connection,
		Region:       a.region,
		BucketLookup: lookup,
		MaxRetries:   1, // run repeats requests
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %v", s.url, err)
	}
	s.core = minio.Core{Client: client}
	return s, nil
}

func (s *s3) URL() string { return s.url }

func (s *s3) Close() { s.connection.base.CloseIdleConnections() }

func (s *s3) Get(ctx context.Context, key string, off, n int64) (data []byte, err error) {
	if err := checkKey(key); err != nil || n == 0 {
		return nil, err
	}
	err = s.run(ctx, operation{name: "get " + key, size: max(n, 0)}, func(ctx context.Context) error {
		data, err = s.get(ctx, key, off, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// get is one attempt of Get.
func (s *s3) get(ctx context.Context, key string, off, n int64) ([]byte, error) {
	var o minio.GetObjectOptions
	switch {
	case n > 0:
		if err := o.SetRange(off, off+n-1); err != nil {
			return nil, &finalError{err}
		}
	case off > 0:
		if err := o.SetRange(off, 0); err != nil {
			return nil, &finalError{err}
		}
	}
	body, _, header, err := s.core.GetObject(ctx, s.bucket, s.prefix+key, o)
	if err != nil {
		if minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
			return nil, &ShortError{URL: s.url, Key: key, Want: off + max(n, 1), Size: -1}
		}
		return nil, s.keyError(err, key)
	}
	defer body.Close()
	length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil {
		length = -1
	}
	if n > 0 || off > 0 {
		begin, size, ok := contentRange(header.Get("Content-Range"))
		switch {
		case !ok || begin != off:
			return nil, &finalError{fmt.Errorf("bytes from %d on were asked for, and others came: Content-Range %q", off, header.Get("Content-Range"))}
		case n > 0 && size >= 0 && size < off+n:
			return nil, &ShortError{URL: s.url, Key: key, Want: off + n, Size: size}
		case n > 0:
			length = n
		}
	}
	return readAll(body, length)
}

// contentRange reads the header of an answer with a part of an object. size is -1 if it
// is not told.
func contentRange(text string) (begin, size int64, ok bool) {
	text, ok = strings.CutPrefix(text, "bytes ")
	span, total, ok2 := strings.Cut(text, "/")
	from, _, ok3 := strings.Cut(span, "-")
	begin, err := strconv.ParseInt(from, 10, 64)
	size, sizeErr := strconv.ParseInt(total, 10, 64)
	if sizeErr != nil {
		size = -1
	}
	return begin, size, ok && ok2 && ok3 && err == nil
}

// readAll reads a body of length bytes, or to its end if length < 0.
func readAll(body io.Reader, length int64) ([]byte, error) {
	// An answer may lie about its length: memory is taken as the bytes come.
	const most = 64 << 20
	if length < 0 || length > most {
		b := bytes.NewBuffer(make([]byte, 0, min(max(length, 0)+bytes.MinRead, most)))
		n, err := b.ReadFrom(body)
		if err == nil && length >= 0 && n != length {
			err = errClosed
		}
		return b.Bytes(), err
	}
	data := make([]byte, length)
	_, err := io.ReadFull(body, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errClosed
	}
	return data, err
}

func (s *s3) Stat(ctx context.Context, key string) (size int64, err error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	err = s.run(ctx, operation{name: "stat " + key}, func(ctx context.Context) error {
		o, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
		if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
			// The answer to HEAD does not say whether it is the bucket that is missing.
			if _, err = s.get(ctx, key, 0, 1); err == nil {
				err = errAgain
			} else if short := (*ShortError)(nil); errors.As(err, &short) {
				err = errAgain
			}
		}
		size = o.Size
		return err
	})
	return size, err
}

func (s *s3) Put(ctx context.Context, key string, r io.ReaderAt, size int64, sum [32]byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.run(ctx, operation{name: "put " + key, size: size, change: true}, func(ctx context.Context) error {
		return s.put(ctx, key, &wholeReader{r: r, size: size}, size, sum, minio.PutObjectOptions{})
	})
}

// wholeReader reads the first size bytes of r. That there are fewer is no fault of the
// network's.
type wholeReader struct {
	r        io.ReaderAt
	at, size int64
}

func (w *wholeReader) Read(p []byte) (int, error) {
	if w.at == w.size {
		return 0, io.EOF
	}
	n, err := w.r.ReadAt(p[:min(int64(len(p)), w.size-w.at)], w.at)
	w.at += int64(n)
	switch {
	case n > 0 || err == nil:
		return n, nil // an error comes again with the next call
	case errors.Is(err, io.EOF):
		return 0, &finalError{fmt.Errorf("%d bytes were to be written, and there are %d", w.size, w.at)}
	}
	return 0, &finalError{err}
}

// put is one attempt of a put. The server checks the sum of what it got.
func (s *s3) put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte, o minio.PutObjectOptions) error {
	switch path.Ext(key) {
	case ".json":
		o.ContentType = "application/json"
	case ".parquet":
		o.ContentType = "application/vnd.apache.parquet"
	}
	o.DisableContentSha256 = true // no second sum beside this one
	_, err := s.core.PutObject(ctx, s.bucket, s.prefix+key, r, size, "", hex.EncodeToString(sum[:]), o)
	return err
}

func (s *s3) Create(ctx context.Context, key string, data []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	var o minio.PutObjectOptions
	o.SetMatchETagExcept("*") // If-None-Match
	sum := sha256.Sum256(data)
	return s.run(ctx, operation{name: "create " + key, size: int64(len(data)), change: true}, func(ctx context.Context) error {
		err := s.put(ctx, key, bytes.NewReader(data), int64(len(data)), sum, o)
		if minio.ToErrorResponse(err).StatusCode != http.StatusPreconditionFailed {
			return err
		}
		// It exists. It may be what an earlier attempt made, whose answer was lost.
		found, err := s.get(ctx, key, 0, -1)
		switch missing := (*NotFoundError)(nil); {
		case errors.As(err, &missing):
			return errAgain
		case err != nil:
			return err
		case !bytes.Equal(found, data):
			return &ExistsError{URL: s.url, Key: key, Found: found}
		}
		return nil
	})
}

func (s *s3) List(ctx context.Context, prefix string, f func(Object) error) error {
	after := ""
	for more := true; more; {
		var page []Object
		err := s.run(ctx, operation{name: "list " + prefix}, func(ctx context.Context) (err error) {
			page, err = s.page(ctx, prefix, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, o := range page {
			after = s.prefix + o.Key
			if err := f(o); err != nil {
				return err
			}
		}
		more = len(page) == pageSize
	}
	return nil
}

// pageSize is how many objects servers list at once.
const pageSize = 1000

// page lists at most pageSize objects, behind the one of the name after.
func (s *s3) page(ctx context.Context, prefix, after string) (page []Object, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all := minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true, StartAfter: after, MaxKeys: pageSize}
	for o := range s.core.ListObjectsIter(ctx, s.bucket, all) {
		if o.Err != nil {
			return nil, s.keyError(o.Err, prefix)
		}
		key, ok := strings.CutPrefix(o.Key, s.prefix)
		if !ok || o.Key <= after {
			return nil, &finalError{fmt.Errorf("the list holds %q, which was not asked for", o.Key)}
		}
		if strings.HasSuffix(key, "/") {
			continue // what some programs make to show a folder
		}
		page = append(page, Object{Key: key, Size: o.Size, Modified: o.LastModified})
		if len(page) == pageSize {
			break
		}
	}
	return page, ctx.Err()
}

func (s *s3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.run(ctx, operation{name: "delete " + key, change: true}, func(ctx context.Context) error {
		err := s.core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
		if missing := (*NotFoundError)(nil); errors.As(s.keyError(err, key), &missing) {
			return nil
		}
		return err
	})
}

func (s *s3) Now(ctx context.Context) (time.Time, error) {
	if !s.connection.heard.Load() {
		// Any answer tells the time, this one too.
		_, err := s.Stat(ctx, scratch+"clock")
		if missing := (*NotFoundError)(nil); err != nil && !errors.As(err, &missing) {
			return time.Time{}, err
		}
	}
	return time.Now().Add(time.Duration(s.connection.ahead.Load())), nil
}

func (s *s3) Sweep(ctx context.Context, before time.Time) (n int, err error) {
	return sweepScratch(ctx, s, before)
}

// keyError returns the error of a server's answer about an object as what it means.
func (s *s3) keyError(err error, key string) error {
	switch answer := minio.ToErrorResponse(err); {
	case answer.Code == minio.NoSuchBucket:
		return &NoStoreError{URL: s.url, What: "bucket"}
	case answer.Code == minio.NoSuchKey:
		return &NotFoundError{URL: s.url, Key: key}
	}
	return err
}

// final returns the error that an operation ends with.
func (s *s3) final(op operation, err error) error {
	answer := minio.ToErrorResponse(err)
	refused := func(hint string) error {
		text := answer.Code
		if m := strings.TrimSuffix(answer.Message, "."); m != "" {
			text += ": " + m
		}
		return &AccessError{URL: s.url, Op: op.name, Hint: hint, Err: errors.New(text)}
	}
	switch {
	case decided(err):
		return err
	case errors.As(err, new(*noCredentialsError)):
		return &AccessError{URL: s.url, Op: op.name, Hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials", Err: err}
	case answer.Code == minio.NoSuchBucket:
		return &NoStoreError{URL: s.url, What: "bucket"}
	case answer.Code == "RequestTimeTooSkewed":
		return refused(fmt.Sprintf("set this machine's clock: it is %s", s.skew()))
	case answer.Code == "SignatureDoesNotMatch":
		return refused("check the secret key")
	case answer.Code == "InvalidAccessKeyId", answer.Code == "XAdminUserNotFound": // the latter is versitygw's
		return refused("check the access key")
	case answer.StatusCode == http.StatusForbidden, answer.StatusCode == http.StatusUnauthorized:
		return refused("check the credentials and what they may do")
	case answer.Code != "":
		return fmt.Errorf("%s: %s: %s: %s", s.url, op.name, answer.Code, clean(err))
	}
	return fmt.Errorf("%s: %s: %s", s.url, op.name, clean(inner(err)))
}

// skew says how this machine's clock differs from the server's.
func (s *s3) skew() string {
	ahead := time.Duration(s.connection.ahead.Load()).Round(time.Second)
	if ahead > 0 {
		return fmt.Sprintf("%v behind the server's", ahead)
	}
	return fmt.Sprintf("%v ahead of the server's", -ahead)
}
