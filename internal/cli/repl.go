package cli

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"microts/internal/host"
	"microts/internal/repl"
)

func newREPLCommand(p *process) *cobra.Command {
	var o repl.Options
	cmd := &cobra.Command{
		Use:   "repl [--db PATH] [--archive URL] [--read-only] [--format F] [script.lua [argument...]]",
		Short: "Explore a database interactively",
		Long: `Start the console: read lines of Lua and dot commands, run them, and show what
they return. .help lists the commands. If a script is given, it runs first.

On a terminal, lines are edited, completed with Tab and kept in a history.
Ctrl-C ends what runs, or clears the line; Ctrl-D leaves. On a pipe there is no
prompt, and the first error ends the console with exit code 1.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withState(func(state *host.State) error {
				p.setArgs(state, args)
				if err := runInit(state); err != nil {
					return err
				}
				if len(args) > 0 {
					if err := p.runScript(cmd, state, args[0], args[1:]); err != nil {
						return err
					}
				}
				return p.interact(state, o)
			})
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVar(&o.Path, "db", "", "open the database in the folder `PATH`, or the archive at a URL, as db")
	cmd.Flags().StringVar(&o.Archive, "archive", "", "read the archive at `URL` as one with the database of --db")
	cmd.Flags().StringVar(&o.Cache, "cache", "", "keep what is read from the archive in `FOLDER`")
	cmd.Flags().BoolVar(&o.ReadOnly, "read-only", false, "open databases read-only; another process may write to them")
	cmd.Flags().StringVar(&o.Format, "format", "table", "show rows as `F`: table, csv or json")
	return cmd
}

// interact runs the console until its input ends.
func (p *process) interact(state *host.State, o repl.Options) error {
	o.State, o.Out, o.Version = state, p.out, versionLine()
	o.Terminal = term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))
	r, err := repl.New(o)
	if err != nil {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v\n", err)
		return exitCode(exitFailed)
	}
	if o.Terminal {
		if before, err := term.GetState(int(os.Stdin.Fd())); err == nil {
			p.terminal.Store(before)
		}
		p.interrupt.Store(&interrupter{func(s os.Signal) bool {
			if s == syscall.SIGINT {
				r.Interrupt()
			}
			return s == syscall.SIGINT
		}})
		defer p.interrupt.Store(nil)
	}
	err = r.Run()
	if e := (*host.ScriptError)(nil); err != nil && !errors.As(err, &e) {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v\n", err)
		return exitCode(exitFailed)
	}
	return err
}
