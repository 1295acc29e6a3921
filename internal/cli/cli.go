package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// Exit codes beside those that scripts choose with os.exit and 128 + the number
// of the signal that ended the process.
const (
	exitOK     = 0
	exitFailed = 1 // a script ended with an error, or could not be read
	exitUsage  = 2 // the command line is wrong
)

// Main runs the command line args, of which the first is the program's name,
// and returns the exit code.
func Main(args []string) int {
	p := newProcess(args)
	root := newRoot(p)
	root.SetArgs(args[1:])
	err := root.Execute()
	if err == nil {
		return p.finish(exitOK)
	}
	if code := exitCode(0); errors.As(err, &code) {
		return p.finish(int(code))
	}
	_ = p.out.Flush() // what was printed stands before the error
	fmt.Fprintf(os.Stderr, "microts: %v\nTry 'microts --help'.\n", err)
	return p.finish(exitUsage)
}

// exitCode is the error of a command that has said on its own what went wrong.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func newRoot(p *process) *cobra.Command {
	root := newRunCommand(p, "microts [flags] [script.lua [argument...]]")
	root.Short = "Run Lua scripts on tick databases"
	root.Long = `microts runs Lua scripts that read and write ticks through the module micro_ts,
on an embedded RocksDB.

Without a script it runs what comes from the standard input; on a terminal it
asks for Lua to run, line by line.`
	root.Example = `  microts scripts/writer.lua             write 5,000,000 ticks into data/tick
  microts scripts/reader.lua data/tick   print one second of them
  microts batch factors.lua --db data/tick --each-code S
  microts -e 'print(require("micro_ts").open("data/tick"):count("S", 600000))'`
	root.SilenceErrors = true
	root.SilenceUsage = true
	run := newRunCommand(p, "run [flags] [script.lua [argument...]]")
	run.Short = "Run a Lua script (the same as without \"run\")"
	root.AddCommand(run, newREPLCommand(p), newBatchCommand(p), newDoctorCommand(p), newVersionCommand(p), newAPITopic())
	return root
}
