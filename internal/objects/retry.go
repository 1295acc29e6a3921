package objects

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/minio/minio-go/v7"
)

const (
	firstPause = 100 * time.Millisecond
	lastPause  = 3 * time.Second
)

// pause returns how long to wait after an attempt, from 1 on: at random, so that clients
// that failed together do not come back together.
func pause(attempt int) time.Duration {
	d := lastPause
	if attempt < 16 {
		d = min(d, firstPause<<(attempt-1))
	}
	return d/2 + rand.N(d/2)
}

// operation is something to be done by a deadline, in as many attempts as it takes.
type operation struct {
	name   string // "get KEY"
	size   int64  // how many bytes it moves; 0 if that is not known
	change bool   // it changes the store
}

// run calls do until it returns nil or an error that another attempt would not change.
func (s *s3) run(ctx context.Context, op operation, do func(ctx context.Context) error) error {
	timeout := s.o.Timeout + time.Duration(op.size>>20)*time.Second
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	begun := time.Now()
	e := &UnreachableError{URL: s.url, Op: op.name}
	for {
		e.Attempts++
		err := do(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("%s: %s: %w", s.url, op.name, context.Canceled)
		}
		if !passes(err) {
			return s.final(op, err)
		}
		e.Unknown = e.Unknown || op.change && !unsent(err)
		if e.Err == nil || ctx.Err() == nil {
			e.Err = inner(err) // the deadline says less than what came before it
		}
		wait := pause(e.Attempts)
		if deadline, _ := ctx.Deadline(); e.Attempts == s.o.Attempts || time.Until(deadline) < wait {
			if refused(err) {
				return s.final(op, err)
			}
			e.Took = time.Since(begun)
			return e
		}
		if minio.ToErrorResponse(err).Code == "ExpiredToken" {
			s.credentials.Expire()
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// passingCodes are the codes of errors that another attempt may not meet.
var passingCodes = []string{
	"RequestTimeout", "SlowDown", "SlowDownRead", "SlowDownWrite", "InternalError", "ServiceUnavailable", "Throttling",
	"ThrottlingException", "RequestLimitExceeded", "ExpiredToken", "IncompleteBody", "OperationAborted", "ConditionalRequestConflict",
	"ExistingObjectIsDirectory", // of versitygw, if a folder is deleted at the moment that a file is made in it
}

// errAgain is the error of an attempt that met the change of another.
var errAgain = errors.New("another process changed the object meanwhile")

// passes says whether another attempt may succeed.
func passes(err error) bool {
	if missing := (*noCredentialsError)(nil); errors.As(err, &missing) {
		return missing.passing
	}
	if decided(err) || errors.As(err, new(*finalError)) || errors.As(err, new(*tls.CertificateVerificationError)) || errors.As(err, new(tls.RecordHeaderError)) {
		return false
	}
	answer := minio.ToErrorResponse(err)
	switch answer.StatusCode {
	case 0, // no answer
		http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return answer.StatusCode > http.StatusGatewayTimeout || slices.Contains(passingCodes, answer.Code)
}

// refused says whether a server has answered that a request is wrong, whenever it comes.
func refused(err error) bool {
	switch status := minio.ToErrorResponse(err).StatusCode; status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	default:
		return 400 <= status && status < 500
	}
}

// decided says whether an error is one that tells the state of the store.
func decided(err error) bool {
	return errors.As(err, new(*NotFoundError)) || errors.As(err, new(*ExistsError)) || errors.As(err, new(*ShortError)) ||
		errors.As(err, new(*NoStoreError)) || errors.As(err, new(*CreateOnlyError))
}

// unsent says whether a request has certainly not reached the server.
func unsent(err error) bool {
	var of *net.OpError
	return errors.As(err, &of) && of.Op == "dial" || errors.As(err, new(*noCredentialsError))
}

// inner returns an error without the address of the request that it is of.
func inner(err error) error {
	if of := (*url.Error)(nil); errors.As(err, &of) {
		return of.Err
	}
	return err
}

// finalError is an error that another attempt would meet again.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }

func (e *finalError) Unwrap() error { return e.err }
