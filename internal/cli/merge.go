package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"microts/internal/batch"
)

// newMergeCommand returns the command batch merge.
func newMergeCommand(p *process) *cobra.Command {
	var run string
	cmd := &cobra.Command{
		Use:   "merge RUN...",
		Short: "Join the run folders of the shards of a batch",
		Long: `Make one run folder, with one report, from the run folders of the shards of one
batch. The exit code is that of a batch, and 1 if a shard is missing.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, runs []string) error {
			path, err := runFolder(run)
			if err != nil {
				return err
			}
			folder, missing, err := batch.Merge(path, runs)
			if err != nil {
				return err
			}
			err = p.account(folder, false, func() {
				for _, s := range missing {
					fmt.Fprintf(p.out, "shard %v is missing\n", s)
				}
			})
			if err == nil && len(missing) > 0 {
				err = exitCode(exitFailed)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&run, "run", "", "create the run folder `FOLDER` (default runs/TIME)")
	return cmd
}
