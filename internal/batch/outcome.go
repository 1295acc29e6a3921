package batch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"microts/internal/host"
)

// Status says how far a job, or one attempt at it, has come.
type Status string

// The statuses. A job that no run has come to is Pending.
const (
	Pending     Status = "pending"
	Running     Status = "running"
	Done        Status = "done"
	Failed      Status = "failed"
	Skipped     Status = "skipped"     // a job that it needs is not done
	Interrupted Status = "interrupted" // the user stopped it
	Retry       Status = "retry"       // of an attempt: it failed, and another one follows
)

// Reason says why a job failed.
type Reason string

// The reasons.
const (
	ByError   Reason = "error"   // the script raised an error
	ByTimeout Reason = "timeout" // the attempt took longer than its limit
	ByMemory  Reason = "memory"  // the job used more memory than its limit
	ByExit    Reason = "exit"    // the script called os.exit with a code other than 0
	ByPanic   Reason = "panic"   // Go code panicked
	ByCrash   Reason = "crash"   // the process of the job died
)

// Outcome says how an attempt ended.
type Outcome struct {
	Status    Status            `json:"status"`
	Reason    Reason            `json:"reason,omitempty"`
	Message   string            `json:"message,omitempty"`
	Traceback string            `json:"traceback,omitempty"`
	Memory    int64             `json:"memory_bytes,omitempty"` // at the last measurement; 0: never measured
	Files     map[string]string `json:"files,omitempty"`        // the files that the script required: path to SHA-256
	Result    *Rows             `json:"result,omitempty"`       // what the script returned; nil: nothing

	Retryable bool `json:"retryable,omitempty"` // the script asked for another attempt
}

// timeoutError ends an attempt that takes longer than its limit.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("time limit of %v exceeded", e.limit) }

// errInterrupted ends the attempts of a run that the user stops.
var errInterrupted = errors.New("interrupted")

// failed returns the outcome of an attempt that ended with err.
func failed(err error) *Outcome {
	o := &Outcome{}
	o.fail(err)
	return o
}

// late returns the outcome of an attempt that did not end when ctx ended; then says
// what became of it.
func late(ctx context.Context, then string) *Outcome {
	o := failed(context.Cause(ctx))
	o.Message += "; " + then
	return o
}

// fail makes o the outcome of an attempt that ended with err. It keeps Memory,
// Files and Result.
func (o *Outcome) fail(err error) {
	o.Status, o.Reason, o.Message = Failed, ByError, cut(err.Error())
	cause := err
	if script := (*host.ScriptError)(nil); errors.As(err, &script) {
		o.explain(script)
		if script.Cause != nil {
			cause = script.Cause
		}
	}
	var (
		timeout *timeoutError
		memory  *host.MemoryError
	)
	switch {
	case errors.As(cause, &timeout):
		o.Reason = ByTimeout
	case errors.As(cause, &memory):
		o.Reason = ByMemory
	case errors.Is(cause, errInterrupted):
		o.Status, o.Reason = Interrupted, ""
	}
}

// explain adds what a script's error says: where it was raised, and, if its value is
// a table, the fields retryable and message.
func (o *Outcome) explain(e *host.ScriptError) {
	o.Traceback = cut(e.Traceback)
	if e.Panic {
		o.Reason = ByPanic
	}
	table, ok := e.Value.AsTable()
	if !ok {
		return
	}
	o.Retryable = table.GetString("retryable").Truth()
	if message := table.GetString("message"); message.IsString() {
		o.Message = cut(message.Text())
	}
}

// cut cuts a text of a script that is too long for a report.
func cut(text string) string {
	const most = 16 << 10 // bytes
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s... (%d bytes in all)", strings.ToValidUTF8(text[:most], ""), len(text))
}
