package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"microts/internal/doctor"
	"microts/internal/human"
)

func newDoctorCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor script.lua...",
		Short: "Find what will not run in Lua scripts, and say what to write instead",
		Long: `Read Lua scripts and the modules that they require, without running them, and
print what will not run here: modules and functions that are missing, C that ffi
does not have, literals of LuaJIT such as 42LL, bytecode. Each line names file and
line, and says what to write instead.

The exit code is 0 if nothing was found, else 1.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, scripts []string) error {
			bad := 0
			for _, script := range scripts {
				findings, err := doctor.Examine(script)
				if err != nil {
					return err
				}
				for _, f := range findings {
					fmt.Fprintln(p.out, f)
					if !f.Note {
						bad++
					}
				}
			}
			if bad == 0 {
				fmt.Fprintln(p.out, "nothing found that will not run")
				return nil
			}
			fmt.Fprintf(p.out, "%s will not run\n", human.Count(bad, "thing"))
			return exitCode(exitFailed)
		},
	}
}
