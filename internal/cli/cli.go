package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// The exit codes. There are two kinds more: what a script gives to os.exit, and 128 +
// the number of the signal that ended the process.
const (
	exitOK     = 0
	exitFailed = 1 // a script ended with an error, or could not be read
	exitUsage  = 2 // the command line is wrong
)

// Main runs a command line and returns the exit code. args[0] is the name of the
// program.
func Main(args []string) int {
	p := newProcess(args)
	root := newRoot(p)
	root.SetArgs(args[1:])
	cmd, err := root.ExecuteC()
	if err == nil {
		return p.finish(exitOK)
	}
	if code := exitCode(0); errors.As(err, &code) {
		return p.finish(int(code))
	}
	_ = p.out.Flush() // what the script printed comes before the error
	fmt.Fprintf(os.Stderr, "microts: %v\nTry '%s --help'.\n", err, cmd.CommandPath())
	return p.finish(exitUsage)
}

// exitCode is the error of a command that failed and has already printed why. Main
// returns it.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// newRoot makes the command without a name, which is "run", and all others below it.
func newRoot(p *process) *cobra.Command {
	root := newRunCommand(p, "microts [flags] [script.lua [argument...]]", false)
	root.Short = "Run Lua scripts on tick databases"
	root.Long = `microts runs Lua scripts that read and write ticks through the module micro_ts,
on an embedded RocksDB.

Without a script it runs the standard input. If that is a terminal, it starts
the console.`
	root.Example = `  microts scripts/writer.lua             write 5,000,000 ticks into data/tick
  microts scripts/reader.lua data/tick   print one second of them
  microts batch factors.lua --db data/tick --each-code S
  microts -e 'print(require("micro_ts").open("data/tick"):count("S", 600000))'`
	root.SilenceErrors = true
	root.SilenceUsage = true
	run := newRunCommand(p, "run [flags] [script.lua [argument...]]", true)
	run.Short = "Run a Lua script (\"run\" can be left out)"
	run.Long += `

With --param or --db the script runs as one job of a batch: it has the global job,
and the rows that it returns are printed. These two, and --read-only, may stand after
the script too; what follows "--" is the script's.`
	run.Example = `  microts run factors.lua --param code=600000 --db data/tick`
	root.AddCommand(run, newREPLCommand(p), newBatchCommand(p), newImportCommand(p), newCheckCommand(p), newDoctorCommand(p),
		newSealCommand(p), newDaysCommand(p), newVerifyCommand(p), newUnsealCommand(p), newGCCommand(p), newPruneCommand(p),
		newVersionCommand(p), newCompletionCommand(p))
	setTexts(root, p)
	setCompletions(root)
	return root
}
